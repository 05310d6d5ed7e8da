using Mel.Verifiers.Parsing;
using Mel.Verifiers.Rules;
using Mel.Verifiers.Syntax;

namespace Mel.Verifiers.Equivalence;

internal sealed partial class AnswerComparer
{
    // more are compared in the order they are written
    private const int MostBranches = 32;

    private readonly record struct Branch(Node Value, RealSet Where);

    // values by cases: by their values wherever the conditions are sets of real numbers, else branch by branch in any order
    private bool Piecewise(Node g, Node p)
    {
        if (g.Kind == NodeKind.Relation) return Values(g, gold: true) is { } value && Same(value, p);
        if (p.Kind == NodeKind.Relation) return Values(p, gold: false) is { } value && Same(g, value);
        Node? letterG = null, letterP = null;
        List<Branch>? x = g.Kind == NodeKind.Piecewise ? BranchesOf(g, out letterG) : null;
        List<Branch>? y = p.Kind == NodeKind.Piecewise ? BranchesOf(p, out letterP) : null;
        if (g.Kind == p.Kind)
        {
            if (x is null || y is null) return SameBranches(g, p);
            return letterG!.SameAs(letterP!) && SameRegions(x, y, letterG);
        }
        // one expression for all of the line
        if ((x ?? y) is not { } branches || !g.IsScalar && !p.IsScalar || (letterG ?? letterP) is not { } letter) return false;
        List<Branch> whole = [new Branch(x is null ? g : p, RealSet.Whole())];
        return x is null ? SameRegions(whole, branches, letter) : SameRegions(branches, whole, letter);
    }

    private bool SameBranches(Node g, Node p)
    {
        if (g.Items.Length != p.Items.Length) return false;
        if (g.Items.Length > 2 * MostBranches) return InOrder(g.Items, p.Items);
        List<(Node Value, Node Condition)> left = [];
        for (int i = 0; i < p.Items.Length; i += 2) left.Add((p.Items[i], Complement(p, i + 1)));
        for (int i = 0; i < g.Items.Length; i += 2)
        {
            Node condition = Complement(g, i + 1);
            int at = left.FindIndex(b => SameCondition(condition, b.Condition) && Same(g.Items[i], b.Value));
            if (at < 0) return false;
            left.RemoveAt(at);
        }
        return Decided(VerificationMethod.Structure);
    }

    private bool SameCondition(Node g, Node p)
        => g.Kind == NodeKind.Text || p.Kind == NodeKind.Text ? g.Kind == p.Kind && g.Name == p.Name : Same(g, p);

    // of two branches, the one that is left where a number is not even
    private static Node Complement(Node piecewise, int index)
    {
        Node condition = piecewise.Items[index];
        if (condition is not { Kind: NodeKind.Text, Name: BranchWords.Otherwise } || piecewise.Items.Length != 4) return condition;
        Node other = piecewise.Items[index == 1 ? 3 : 1];
        if (other.Kind != NodeKind.Text) return condition;
        return other.Name.EndsWith(" even", StringComparison.Ordinal) ? Nodes.Text(other.Name[..^4] + "odd")
            : other.Name.EndsWith(" odd", StringComparison.Ordinal) ? Nodes.Text(other.Name[..^3] + "even") : condition;
    }

    // the branches with the sets their conditions describe; null where one of them is not solved
    private List<Branch>? BranchesOf(Node piecewise, out Node? letter)
    {
        letter = null;
        if (piecewise.Items.Length > 2 * MostBranches) return null;
        List<Branch> branches = [];
        for (int i = 0; i < piecewise.Items.Length; i += 2)
        {
            Node condition = piecewise.Items[i + 1];
            if (condition is { Kind: NodeKind.Text, Name: BranchWords.Otherwise } && i + 2 == piecewise.Items.Length && branches.Count > 0)
            {
                if (RealSet.UnionOf([.. branches.Select(static b => b.Where)], _scalars) is not { } rest) return null;
                branches.Add(new Branch(piecewise.Items[i], rest.Complement()));
                continue;
            }
            if (condition.Kind == NodeKind.Text || AllowedBy(condition) is not { Name: { Kind: NodeKind.Symbol } name } allowed) return null;
            if (letter is not null && !letter.SameAs(name)) return null;
            letter = name;
            branches.Add(new Branch(piecewise.Items[i], allowed.Values));
        }
        return branches;
    }

    // the same domain, and the same value wherever two branches meet
    private bool SameRegions(List<Branch> x, List<Branch> y, Node letter)
    {
        if (RealSet.UnionOf([.. x.Select(static b => b.Where)], _scalars) is not { } domainX
            || RealSet.UnionOf([.. y.Select(static b => b.Where)], _scalars) is not { } domainY || !domainX.SameAs(domainY, SameScalar)) return false;
        foreach (Branch a in x)
            foreach (Branch b in y)
            {
                if (!_budget.Take() || a.Where.Intersection(b.Where, _scalars) is not { } meeting) return false;
                if (!meeting.IsEmpty && !meeting.Segments.All(s => SameOn(a.Value, b.Value, s, letter))) return false;
            }
        return Decided(VerificationMethod.Structure);
    }

    private bool SameOn(Node g, Node p, RealSet.Segment segment, Node letter)
    {
        if (_scalars.Order(segment.Low, segment.High) == 0) return Same(With(g, segment.Low), With(p, segment.Low));
        if (Same(g, p)) return true;
        if (!g.IsScalar || !p.IsScalar || Parameter(segment, letter) is not { } inside) return false;
        return SameScalar(With(g, inside), With(p, inside));

        Node With(Node value, Node place) => value.Rewrite(n => n.SameAs(letter) ? place : null);
    }

    // an expression that runs through the segment while the letter runs through the line
    private static Node? Parameter(RealSet.Segment segment, Node letter)
    {
        Node growth = Nodes.Pow(Nodes.E, letter);
        bool left = ScalarComparer.Infinity(segment.Low) is null, right = ScalarComparer.Infinity(segment.High) is null;
        return (left, right) switch
        {
            (true, false) => Nodes.Add([segment.Low, growth]),
            (false, true) => Nodes.Add([segment.High, Nodes.Negate(growth)]),
            (true, true) => Nodes.Add([segment.Low,
                Nodes.Divide(Nodes.Add([segment.High, Nodes.Negate(segment.Low)]), Nodes.Add([Nodes.One, growth]))]),
            _ => null,
        };
    }
}
