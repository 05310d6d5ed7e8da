using Mel.Verifiers.Numbers;
using Mel.Verifiers.Rules;
using Mel.Verifiers.Syntax;
using Mel.Verifiers.Units;

namespace Mel.Verifiers.Equivalence;

/// <summary>Takes the units off two answers and says whether what is left can be compared.</summary>
internal static class Measures
{
    private static readonly Unit Degree = UnitTable.TryName("arcmin", out Unit minute) ? minute.Scaled(new BigRational(60)) : Unit.None;

    /// <summary>
    /// The values without units, the prediction converted to the unit of the gold; null where units, counted things or qualifiers differ.
    /// </summary>
    public static (Node Gold, Node Prediction)? Aligned(Node gold, Node prediction, UnitRule rule)
    {
        bool degrees = (gold.Has(Traits.Degree) || prediction.Has(Traits.Degree)) && (IsAngle(gold) || IsAngle(prediction));
        if (Of(gold, degrees) is not var (g, unitG) || Of(prediction, degrees) is not var (p, unitP)) return null;
        if (!Qualify(unitG, unitP)) return null;
        if (rule == UnitRule.Ignore) return unitG.IsLoose != unitP.IsLoose && (unitG.IsNone || unitP.IsNone) ? null : (g, p);
        if (unitG.IsMeasure && unitP.IsMeasure)
        {
            if (IsUnnamed(unitG) != IsUnnamed(unitP)) return (g, p);
            if (unitP.In(unitG) is not var (factor, pi)) return null;
            if (factor.IsOne && pi == 0) return (g, p);
            if (unitG.IsLoose && unitP.IsLoose) return null;
            return (g, Nodes.Mul([p, Nodes.Number(factor), Nodes.Pow(Nodes.Pi, Nodes.Number(new BigRational(pi)))]));
        }
        if (!unitG.IsMeasure && !unitP.IsMeasure) return (g, p);
        (Unit named, Unit other) = unitG.IsMeasure ? (unitG, unitP) : (unitP, unitG);
        bool dropped = rule != UnitRule.Required && !named.IsLoose && other.Words.All(named.Words.Contains);
        return dropped ? (g, p) : null;
    }

    /// <summary>Whether both answers restrict their numbers alike: to the odd ones, to the even ones, or not at all.</summary>
    public static bool RestrictAlike(Node gold, Node prediction)
    {
        if (!gold.Has(Traits.Unit) && !prediction.Has(Traits.Unit)) return true;
        SortedSet<string> g = new(StringComparer.Ordinal), p = new(StringComparer.Ordinal);
        Gather(gold, g);
        Gather(prediction, p);
        return g.SetEquals(p);
    }

    private static void Gather(Node node, SortedSet<string> words)
    {
        if (!node.Has(Traits.Unit)) return;
        if (node.Unit is { } unit) words.UnionWith(unit.Words.Where(CountedWords.Restricts));
        foreach (Node item in node.Items) Gather(item, words);
    }

    private static bool Qualify(Unit gold, Unit prediction)
        => CountedWords.Agree(gold.Words, prediction.Words) && gold.Words.Where(CountedWords.IsRequired).All(prediction.Words.Contains)
            && prediction.Words.Where(CountedWords.Restricts).All(gold.Words.Contains);

    // "square units" stands for any unit
    private static bool IsUnnamed(Unit unit) => unit.Dimension.StartsWith("unit", StringComparison.Ordinal);

    private static bool IsAngle(Node node)
        => node.Has(Traits.Unit) && (node.Unit is { } unit && unit.Readings.Any(static u => u.Dimension == "angle") || Array.Exists(node.Items, IsAngle));

    // the value of an expression and the unit of the whole; null where units do not fit together
    private static (Node Value, Unit Unit)? Of(Node node, bool degrees)
    {
        if (!node.Has(Traits.Unit) && !(degrees && node.Has(Traits.Degree))) return (node, Unit.None);
        switch (node.Kind)
        {
            case NodeKind.Quantity:
                return Of(node.Items[0], degrees) is var (value, inner)
                    && (inner.IsNone ? node.Unit : inner.Times(node.Unit!)) is { } unit ? (value, unit) : null;
            case NodeKind.Degree when degrees:
                return Of(node.Items[0], degrees) is var (angle, _) ? (angle, Degree) : null;
            case NodeKind.Degree or NodeKind.Percent or NodeKind.PlusMinus:
                return Of(node.Items[0], degrees) is var (item, mark) ? (Nodes.Like(node, [item]), mark) : null;
            case NodeKind.Function when node.Name == "abs":
                return Of(node.Items[0], degrees) is var (argument, size) ? (Nodes.Like(node, [argument]), size) : null;
            case NodeKind.Mul: return Product(node, degrees);
            case NodeKind.Add: return Sum(node, degrees);
            case NodeKind.Pow when node.Items[1] is { IsNumber: true, Value.IsInteger: true } power && power.Value.Abs() <= new BigRational(12):
                return Of(node.Items[0], degrees) is var (root, of)
                    && of.Raised((int)power.Value.Numerator) is { } raised ? (Nodes.Pow(root, power), raised) : null;
            default: return null;
        }
    }

    private static (Node, Unit)? Product(Node node, bool degrees)
    {
        Unit unit = Unit.None;
        Node[] factors = new Node[node.Items.Length];
        for (int i = 0; i < factors.Length; i++)
        {
            if (Of(node.Items[i], degrees) is not var (factor, of) || (unit.IsNone ? of : of.IsNone ? unit : unit.Times(of)) is not { } product) return null;
            factors[i] = factor;
            unit = product;
        }
        return (Nodes.Mul(factors), unit);
    }

    // 3 + 2\sqrt5 cm: a unit behind the last term is the unit of the sum
    private static (Node, Unit)? Sum(Node node, bool degrees)
    {
        Unit unit = Unit.None;
        Node[] terms = new Node[node.Items.Length];
        for (int i = 0; i < terms.Length; i++)
        {
            if (Of(node.Items[i], degrees) is not var (term, of)) return null;
            terms[i] = term;
            if (of.IsNone) continue;
            if (unit.IsNone) unit = of;
            else if (of.In(unit) is var (factor, pi) && pi == 0 && CountedWords.Agree(of.Words, unit.Words)) terms[i] = Nodes.Mul([term, Nodes.Number(factor)]);
            else return null;
        }
        return (Nodes.Add(terms), unit);
    }
}
