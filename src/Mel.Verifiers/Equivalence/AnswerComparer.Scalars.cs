using System.Globalization;
using System.Numerics;
using Mel.Verifiers.Numbers;
using Mel.Verifiers.Rules;
using Mel.Verifiers.Syntax;

namespace Mel.Verifiers.Equivalence;

internal sealed partial class AnswerComparer
{
    private bool SameScalar(Node gold, Node prediction)
    {
        if (!_budget.Take()) return false;
        if (gold.IsNumber && prediction.IsNumber) return Scalars(gold, prediction);
        Traits traits = gold.Traits | prediction.Traits;
        Node g = gold, p = prediction;
        if ((traits & Traits.Unit) != 0)
        {
            if (Measures.Aligned(g, p, _rules.Units) is not var (alignedG, alignedP)) return false;
            (g, p) = (alignedG, alignedP);
            traits = g.Traits | p.Traits;
        }
        if (g.Kind == NodeKind.Based || p.Kind == NodeKind.Based)
        {
            switch (_rules.Bases)
            {
                case NumberBaseRule.SameBase when g.Kind != p.Kind || !g.Items[1].SameAs(p.Items[1]): return false;
                case NumberBaseRule.Ignore:
                    g = Digits(g);
                    p = Digits(p);
                    break;
            }
        }
        if ((traits & Traits.Degree) != 0)
        {
            if (_rules.Degrees != DegreeRule.SameNumber)
            {
                if (Scalars(InRadians(g), InRadians(p))) return true;
                if (_rules.Degrees == DegreeRule.Radians) return false;
            }
            g = Without(g, NodeKind.Degree);
            p = Without(p, NodeKind.Degree);
        }
        if ((traits & Traits.Percent) == 0) return Scalars(g, p) || RomanUnit(g, p);
        Node plainG = Without(g, NodeKind.Percent), plainP = Without(p, NodeKind.Percent);
        if (_rules.Percent == PercentRule.Ignore) return Scalars(plainG, plainP);
        bool bothPercent = g.Kind == NodeKind.Percent && p.Kind == NodeKind.Percent;
        if (bothPercent ? Scalars(plainG, plainP) : Scalars(Hundredths(g), Hundredths(p))) return true;
        return _rules.Percent == PercentRule.SameNumberWhenGoldIsPercent && (g.Has(Traits.Percent) || _percentAsked) && Scalars(plainG, plainP);
    }

    private bool Scalars(Node g, Node p)
    {
        Sameness result = _scalars.Compare(g, p);
        Method = _scalars.Method;
        _undecided |= result == Sameness.Undecided;
        return result == Sameness.Equal;
    }

    // I as the imaginary unit, where it is the only letter: the notation of computer algebra
    private bool RomanUnit(Node g, Node p)
    {
        if (!OnlyCapitalI(g) || !OnlyCapitalI(p) || !(g.Has(Traits.Variables) || p.Has(Traits.Variables))) return false;
        return Scalars(WithUnit(g), WithUnit(p));
    }

    private static bool OnlyCapitalI(Node node)
        => node.Kind == NodeKind.Symbol
            ? node.Name == "I"
            : node.Kind != NodeKind.Apply && (!node.Has(Traits.Variables) || Array.TrueForAll(node.Items, OnlyCapitalI));

    private static Node WithUnit(Node node) => node.Rewrite(static n => n is { Kind: NodeKind.Symbol, Name: "I" } ? Nodes.I : null);

    private static Node Without(Node node, NodeKind kind) => node.Rewrite(n => n.Kind == kind ? Without(n.Items[0], kind) : null);

    private static Node Hundredths(Node node)
        => node.Rewrite(static n => n.Kind == NodeKind.Percent && n.Items[0].IsNumber
            ? Nodes.Number(n.Items[0].Value / new BigRational(100), n.Items[0].Decimals < 0 ? -1 : n.Items[0].Decimals + 2)
            : null);

    private static Node InRadians(Node node)
        => node.Rewrite(static n => n.Kind == NodeKind.Degree ? Nodes.Mul([n.Items[0], Nodes.Pi, Nodes.Number(new BigRational(1, 180))]) : null);

    private static Node Digits(Node node)
        => node.Kind == NodeKind.Based ? Nodes.Number(new BigRational(BigInteger.Parse(node.Name, CultureInfo.InvariantCulture))) : node;
}
