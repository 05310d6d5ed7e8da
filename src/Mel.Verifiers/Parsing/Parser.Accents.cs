using Mel.Verifiers.Syntax;

namespace Mel.Verifiers.Parsing;

internal sealed partial class Parser
{
    private const string Overline = "overline", Macron = "\u0304", Arrow = "\u20D7";

    private HashSet<string>? _bold;   // names seen in bold: vectors

    // \vec{a}, \hat{p}, \bar{z}: the accent is part of the name. \overline{AB} and \mathbf{v} name one thing; \overline{3+4i} is the conjugate.
    private Node? Decorated()
    {
        string accent = Current.Text;
        _at++;
        if (Kind == TokenKind.Number) return Primary();
        if (Kind is TokenKind.Symbol or TokenKind.Constant)
        {
            string letter = Current.Text;
            _at++;
            return AccentedName(accent, letter);
        }
        if (Kind != TokenKind.OpenGroup) return Malformed();
        int at = _at + 1;
        System.Text.StringBuilder name = new();
        while (_tokens[at].Kind is TokenKind.Symbol or TokenKind.Constant or TokenKind.Text or TokenKind.Word) name.Append(_tokens[at++].Text);
        if (name.Length > 0 && _tokens[at].Kind == TokenKind.CloseGroup)
        {
            _at = at + 1;
            return AccentedName(accent, name.ToString());
        }
        bool digits = at == _at + 1 && _tokens[at].Kind == TokenKind.Number && _tokens[at + 1].Kind == TokenKind.CloseGroup;
        Node? content = Group();
        if (content is null || digits || accent is "style" or "bold" or "") return content;
        if (content.Has(Traits.Structure)) return Malformed();
        if (content.Kind == NodeKind.Symbol && !(accent == Overline && IsComplexName(content.Name)))
            return Nodes.Symbol(WithAccent(content.Name, accent == Overline ? Macron : accent));
        if (accent == Overline && (content.Has(Traits.Imaginary) || HasComplexName(content))) return Made(Conjugate(content));
        return Made(Nodes.Apply(accent, [content]));
    }

    private Node? AccentedName(string accent, string letters)
    {
        switch (accent)
        {
            case "bold":
                _bold ??= [];
                _ = _bold.Add(letters);
                return Named(letters);
            case "style" or "": return Named(letters);
            // a bar over several letters is a segment or the digits of a number
            case Overline when letters.Length > 1: return Named(letters);
            case Overline when letters == "i": return Made(Nodes.Negate(Nodes.I));
            case Overline: return Named(letters + Macron);
            default: return Named(letters + accent);
        }
    }

    // \bar{z}_1 and \overline{z_1} are one name
    private static string WithAccent(string name, string accent)
    {
        int mark = name.IndexOfAny(['_', '\'']);
        return mark < 0 ? name + accent : name[..mark] + accent + name[mark..];
    }

    // by convention z and w are complex and every other letter is real
    private static bool IsComplexName(string name) => name[0] is 'z' or 'w' && (name.Length == 1 || name[1] is '_' or '\'' || IsConjugated(name));

    private static bool IsConjugated(string name) => name.Contains(Macron, StringComparison.Ordinal);

    private static bool HasComplexName(Node node) => node.Kind == NodeKind.Symbol ? IsComplexName(node.Name) : Array.Exists(node.Items, HasComplexName);

    /// <summary>The conjugate, taken inside: of sums, products, powers and quotients, of z and of i.</summary>
    private static Node Conjugate(Node node) => node.Rewrite(static n => n.Kind switch
    {
        NodeKind.Constant when n.Name == "i" => Nodes.Negate(Nodes.I),
        NodeKind.Symbol when IsComplexName(n.Name) => Nodes.Symbol(
            IsConjugated(n.Name) ? n.Name.Replace(Macron, "", StringComparison.Ordinal) : WithAccent(n.Name, Macron)),
        NodeKind.Function when n.Name is "abs" or "re" => n,
        _ => null,
    });

    // z^* is the conjugate; of a letter that is real the star is part of the name
    private Node? Starred(Node value)
    {
        if (value.Kind != NodeKind.Symbol) return value.Has(Traits.Structure) ? Malformed() : Made(Conjugate(value));
        return IsComplexName(value.Name) ? Conjugate(value) : Nodes.Symbol(value.Name + "*");
    }

    private bool IsVector(Node node) => node.Kind switch
    {
        NodeKind.Symbol => node.Name.Contains(Arrow, StringComparison.Ordinal) || _bold?.Contains(node.Name.Split('_')[0]) == true,
        NodeKind.Mul => Array.Exists(node.Items, IsVector),
        NodeKind.Add => Array.TrueForAll(node.Items, IsVector),
        NodeKind.Apply => node.Name == "cross",
        _ => false,
    };

    // The cross and the dot product of vectors are functions of the two: the first changes sign with their order. Null for anything but two vectors.
    private Node? VectorProduct(bool cross, Node a, Node b)
    {
        if (!IsVector(a) || !IsVector(b)) return null;
        (Node scaleA, Node left) = Scaled(a);
        (Node scaleB, Node right) = Scaled(b);
        bool turned = string.CompareOrdinal(Key(left), Key(right)) > 0;
        if (turned) (left, right) = (right, left);
        if (cross && left.SameAs(right)) return Nodes.Zero;
        Node product = Nodes.Apply(cross ? "cross" : "inner", [left, right]);
        return Nodes.Mul([cross && turned ? Nodes.MinusOne : Nodes.One, scaleA, scaleB, product]);
    }

    private (Node Scale, Node Vector) Scaled(Node node)
    {
        if (node.Kind != NodeKind.Mul) return (Nodes.One, node);
        Node[] vectors = Array.FindAll(node.Items, IsVector);
        return vectors.Length == 1 ? (Nodes.Mul([Nodes.One, .. Array.FindAll(node.Items, i => !IsVector(i))]), vectors[0]) : (Nodes.One, node);
    }

    private static string Key(Node node) => node.Kind == NodeKind.Symbol ? node.Name : node.Name + string.Join(' ', node.Items.Select(Key));
}
