using Mel.Verifiers.Evaluation;
using Mel.Verifiers.Numbers;
using Mel.Verifiers.Rules;
using Mel.Verifiers.Syntax;

namespace Mel.Verifiers.Equivalence;

/// <summary>Compares a predicted answer with the gold, whatever kind either is of. Made for one comparison; not shared between threads.</summary>
internal sealed partial class AnswerComparer
{
    private readonly AnswerRules _rules;
    private readonly StepBudget _budget;
    private readonly ScalarComparer _scalars;
    private readonly ConditionSolver _solver;
    private readonly bool _percentAsked;
    private bool _undecided;

    public AnswerComparer(AnswerRules rules, StepBudget budget, bool percentAsked)
    {
        _rules = rules;
        _budget = budget;
        _percentAsked = percentAsked;
        _scalars = new ScalarComparer(rules, budget);
        _solver = new ConditionSolver(_scalars, budget);
    }

    /// <summary>The comparison that decided last.</summary>
    public VerificationMethod Method { get; private set; }

    public Sameness Compare(ParsedAnswer gold, ParsedAnswer prediction)
    {
        Method = VerificationMethod.None;
        if (gold.Node is not { } g || prediction.Node is not { } p) return Sameness.Different;
        Sameness words = Compare(gold, prediction, g, p);
        if (words == Sameness.Equal || gold.Products is null && prediction.Products is null) return words;
        // 3mg = 3gm: the same product, where the letters are no unit
        Sameness products = Compare(gold, prediction, gold.Products ?? g, prediction.Products ?? p);
        return products == Sameness.Different ? words : products;
    }

    private Sameness Compare(ParsedAnswer gold, ParsedAnswer prediction, Node g, Node p)
    {
        if (!Measures.RestrictAlike(g, p)) return Sameness.Different;
        if (Choices(g, p) is { } choice) return choice ? Sameness.Equal : Sameness.Different;
        if (g.Kind == NodeKind.Choice) g = g.Items.Length > 0 ? g.Items[0] : g;
        if (p.Kind == NodeKind.Choice) p = p.Items.Length > 0 ? p.Items[0] : p;
        if (IsText(g) || IsText(p)) return Texts(gold.Text, prediction.Text, g, p) ? Sameness.Equal : Sameness.Different;
        if (_rules.RenameVariables) p = Renamed(p, g);
        g = FreeParameters.WithoutStatement(g);
        p = FreeParameters.WithoutStatement(p);
        bool same = Same(g, p);
        if (!same && FreeParameters.Renamed(g, p) is { } renamed) same = Same(g, renamed);
        if (!same && _rules.IgnoreVariableCase && CaseFolded(g, p) is { } folded) same = Same(g, folded);
        if (!same && OverPolynomials(g, p) is { } divided) same = Same(g, divided);
        if (!same && DecimalComma(g, p) is var (g2, p2)) same = Same(g2, p2);
        return same ? Sameness.Equal : _undecided || _budget.IsSpent ? Sameness.Undecided : Sameness.Different;
    }

    private static bool IsText(Node node) => node.Kind == NodeKind.Text;

    // The letter decides where both sides name one. Where only one side does, its letter or its content may match.
    private bool? Choices(Node g, Node p)
    {
        if (g.Kind != NodeKind.Choice && p.Kind != NodeKind.Choice) return null;
        string? x = Letter(g), y = Letter(p);
        if (x is not null && y is not null)
        {
            Method = VerificationMethod.Text;
            return x == y;
        }
        Node? content = g.Kind == NodeKind.Choice ? g.Items.FirstOrDefault() : p.Items.FirstOrDefault();
        return content is null ? false : null;
    }

    private static string? Letter(Node node) => node.Kind switch
    {
        NodeKind.Choice => node.Name,
        NodeKind.Symbol or NodeKind.Constant when node.Name.Length == 1 => node.Name.ToUpperInvariant(),
        NodeKind.Text when AnswerText.Flatten(node.Name) is { Length: 1 } letter => letter.ToUpperInvariant(),
        _ => null,
    };

    private bool Texts(string gold, string prediction, Node g, Node p)
    {
        Method = VerificationMethod.Text;
        string x = AnswerText.Flatten(g.Kind == NodeKind.Text && g.Name.Length > 0 ? g.Name : gold);
        string y = AnswerText.Flatten(p.Kind == NodeKind.Text && p.Name.Length > 0 ? p.Name : prediction);
        x = AnswerText.WithoutArticle(g.Kind == NodeKind.Text ? g.Name : gold, x);
        y = AnswerText.WithoutArticle(p.Kind == NodeKind.Text ? p.Name : prediction, y);
        if (x.Length > 0 && x == y || AnswerText.Flatten(gold) is { Length: > 0 } whole && whole == AnswerText.Flatten(prediction)) return true;
        if (g.Kind == NodeKind.EmptySet || p.Kind == NodeKind.EmptySet) return AnswerText.MeansNothing(g.Kind == NodeKind.EmptySet ? y : x);
        if (AnswerText.MeansNoLimit(x) && AnswerText.MeansNoLimit(y)) return true;
        if (AnswerText.MeansNothing(x) && AnswerText.MeansNothing(y) || AnswerText.MeansEndless(x) && AnswerText.MeansEndless(y)) return true;
        if (AnswerText.MeansEverything(x) || AnswerText.MeansEverything(y))
            return (g.Kind == NodeKind.Text || RealSet.From(g, _scalars) is { } a && a.SameAs(RealSet.Whole(), SameScalar))
                && (p.Kind == NodeKind.Text ? AnswerText.MeansEverything(y) : RealSet.From(p, _scalars) is { } b && b.SameAs(RealSet.Whole(), SameScalar))
                && (g.Kind != NodeKind.Text || AnswerText.MeansEverything(x));
        return Number(g, gold) is { } m && Number(p, prediction) is { } n && m == n;
    }

    private static BigRational? Number(Node node, string raw) => node.Kind == NodeKind.Text ? Numerals.Read(raw) : node.IsNumber ? node.Value : null;

    // 3,5 against 3.5: a comma without a space is read as a decimal point when the other side is written with one
    private static (Node, Node)? DecimalComma(Node gold, Node prediction)
    {
        if (prediction.Has(Traits.Decimal) && prediction.IsScalar && AsDecimal(gold) is { } g) return (g, prediction);
        return gold.Has(Traits.Decimal) && gold.IsScalar && AsDecimal(prediction) is { } p ? (gold, p) : null;
    }

    private static Node? AsDecimal(Node node)
    {
        if (node is not { Kind: NodeKind.List, Items.Length: 2, Name: ListSeparators.Tight }) return null;
        Node whole = node.Items[0], fraction = node.Items[1];
        while (fraction.Kind is NodeKind.Quantity or NodeKind.Percent) fraction = fraction.Items[0];
        if (whole.Decimals == 3) whole = Nodes.Number(whole.Value * new BigRational(1000));   // 1.234,5: a point that groups
        if (!whole.IsNumber || !whole.Value.IsInteger || whole.Decimals is not (-1 or 3)) return null;
        if (!fraction.IsNumber || !fraction.Value.IsInteger || fraction.Decimals >= 0 || fraction.Value.Sign < 0 || fraction.Value.Bits > 200) return null;
        int places = fraction.Value.ToString().Length;
        BigRational part = fraction.Value * BigRational.PowerOfTen(-places);
        return Nodes.Number(whole.Value.Sign < 0 ? whole.Value - part : whole.Value + part, places);
    }

    private static Node Renamed(Node prediction, Node gold)
    {
        List<string> from = Names(prediction), to = Names(gold);
        if (from.Count != to.Count) return prediction;
        return prediction.Rewrite(n => n.Kind == NodeKind.Symbol && from.IndexOf(n.Name) is >= 0 and int at ? Nodes.Symbol(to[at]) : null);
    }

    // R for r: the case of a variable tells nothing where the gold and the prediction each use one case of the letter
    private static Node? CaseFolded(Node gold, Node prediction)
    {
        if (!prediction.Has(Traits.Variables)) return null;
        List<string> from = Names(prediction), to = Names(gold);
        Dictionary<string, string> map = [];
        foreach (string name in from)
        {
            if (to.Contains(name)) continue;
            string other = char.IsUpper(name[0]) ? char.ToLowerInvariant(name[0]) + name[1..] : char.ToUpperInvariant(name[0]) + name[1..];
            if (to.Contains(other) && !from.Contains(other)) map[name] = other;
        }
        if (map.Count == 0) return null;
        return prediction.Rewrite(n => n.Kind == NodeKind.Symbol && map.TryGetValue(n.Name, out string? other) ? Nodes.Symbol(other) : null);
    }

    // gcd(x, y) = 1 in computer algebra, which a gold comes from that names no gcd where the answer does; of letters that count nothing is known
    private static Node? OverPolynomials(Node gold, Node prediction)
    {
        if (!HasDivisor(prediction) || HasDivisor(gold) || Names(prediction).Exists(SamplePoint.IsCounter)) return null;
        return prediction.Rewrite(IntegerFunctions.OfPolynomials);
    }

    private static bool HasDivisor(Node node) => node is { Kind: NodeKind.Function, Name: "gcd" or "lcm" } || Array.Exists(node.Items, HasDivisor);

    private static List<string> Names(Node node)
    {
        List<string> names = [];
        void Walk(Node n)
        {
            if (n.Kind == NodeKind.Symbol && !names.Contains(n.Name)) names.Add(n.Name);
            foreach (Node item in n.Items) Walk(item);
        }

        Walk(node);
        return names;
    }
}
