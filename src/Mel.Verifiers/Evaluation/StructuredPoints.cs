using System.Numerics;
using Mel.Verifiers.Numbers;
using Mel.Verifiers.Syntax;

namespace Mel.Verifiers.Evaluation;

/// <summary>
/// Points that two expressions are tried at beside the random ones: past every constant that occurs in them, near zero, and far out on both sides. There a
/// modulus, a root, a maximum or a remainder shows its other branch.
/// </summary>
internal static class StructuredPoints
{
    private const int MostConstants = 12;
    private const int MostValues = 96;
    private const int PointsOfSeveral = 64;
    private const int LargestBound = 64;

    // whole numbers: small ones, some with many divisors, a prime, and large ones
    private static readonly BigRational[] WholeValues = [.. new[] { 1, 2, 3, 4, 6, 12, 24, 30, 36, 60, 97, 100, 120, 210, 360, 840, 1000 }.Select(Whole)];

    private static readonly BigRational[] RealValues =
    [
        .. new[] { 5, 7, 12, 30, 100, 1000, 1_000_000 }.Select(Whole), new(7, 2), new(29, 3), new(101, 4), new(1, 100), new(1, 1000),
    ];

    /// <summary>Whether a function with several branches occurs: a few points on one branch prove nothing about the others.</summary>
    public static bool HasBranches(Node node)
    {
        bool branches = node.Kind switch
        {
            NodeKind.Root => true,
            NodeKind.Pow => !(node.Items[1].IsNumber && node.Items[1].Value.IsInteger),
            NodeKind.Function => node.Name is "abs" or "max" or "min" or "floor" or "ceil" or "mod" or "gcd" or "lcm" or "binomial" or "factorial"
                or "doublefactorial" or "re" or "im" or "conj" or "ln" or "log" || node.Name.StartsWith("arc", StringComparison.Ordinal),
            NodeKind.BigOperator => true,
            _ => false,
        };
        if (branches && node.Has(Traits.Variables)) return true;
        foreach (Node item in node.Items)
            if (item.Has(Traits.Variables) && HasBranches(item)) return true;
        return false;
    }

    /// <summary>The points for two expressions; the same for the same expressions.</summary>
    public static IEnumerable<SamplePoint> Of(Node a, Node b, SampleDomain domain)
    {
        List<string> names = [];
        HashSet<BigRational> constants = [];
        Collect(a, names, constants);
        Collect(b, names, constants);
        if (names.Count == 0) yield break;
        // a sum is added up term by term, so its bounds stay small
        int largest = HasSum(a) || HasSum(b) ? LargestBound : int.MaxValue;
        BigRational[] whole = [.. Values(constants, whole: true).Where(v => v <= new BigRational(largest))], real = Values(constants, whole: false);
        if (names.Count == 1)
        {
            BigRational[] values = IsWhole(names[0], domain) ? whole : real;
            foreach (BigRational value in values)
            {
                SamplePoint point = new(domain, 0);
                _ = point.Bind(names[0], value);
                yield return point;
            }
            yield break;
        }
        // each variable in turn walks through its values while the others jump about in theirs, now together and now near where they usually are
        for (int i = 0; i < PointsOfSeveral; i++)
        {
            SamplePoint point = new(domain, i);
            for (int k = 0; k < names.Count; k++)
            {
                BigRational[] values = IsWhole(names[k], domain) ? whole : real;
                ulong hash = StableHash.Combine(StableHash.Of(names[k]), (ulong)i + 77);
                if (k == i % names.Count) _ = point.Bind(names[k], values[i / names.Count * 5 % values.Length]);
                else if (i % 3 != 0) _ = point.Bind(names[k], values[(int)(hash % (ulong)values.Length)]);
            }
            yield return point;
        }
    }

    private static bool HasSum(Node node) => node.Kind == NodeKind.BigOperator || Array.Exists(node.Items, HasSum);

    private static bool IsWhole(string name, SampleDomain domain)
        => domain == SampleDomain.Whole || domain == SampleDomain.Mixed && SamplePoint.IsCounter(name);

    private static void Collect(Node node, List<string> names, HashSet<BigRational> constants)
    {
        if (node.Kind == NodeKind.Symbol && !names.Contains(node.Name)) names.Add(node.Name);
        if (node.IsNumber && !node.Value.IsZero && node.Value.Bits <= 256 && constants.Count < MostConstants)
        {
            _ = constants.Add(node.Value.Abs());
            if (!node.Value.IsInteger) _ = constants.Add(node.Value.Abs().Inverse());
        }
        foreach (Node item in node.Items) Collect(item, names, constants);
    }

    // just before, at and just after each constant, its multiples and roots, and the products, sums and quotients of two
    private static BigRational[] Values(HashSet<BigRational> constants, bool whole)
    {
        List<BigRational> anchors = [];
        foreach (BigRational c in constants)
        {
            if (!c.IsOne) anchors.Add(c);
            if (c.ToDouble() is > 1 and < 1e15 and double size)
                anchors.AddRange([Near(Math.Sqrt(size)), Near(Math.Cbrt(size))]);
        }
        foreach (BigRational c in constants)
            foreach (BigRational d in constants)
            {
                if (anchors.Count > 4 * MostConstants) break;
                anchors.AddRange([c * d, c / d, c + d]);
            }
        BigRational one = BigRational.One;
        HashSet<BigRational> values = [];
        void Add(BigRational value)
        {
            if (whole) value = new BigRational(value.Floor());
            if (values.Count >= MostValues || whole && value.Sign <= 0) return;
            _ = values.Add(value);
            if (!whole) _ = values.Add(-value);
        }

        // most telling first: every constant passed once, then the fixed values, then the neighborhoods
        foreach (BigRational c in anchors.Take(MostConstants)) Add(c + one);
        foreach (BigRational value in whole ? WholeValues : RealValues) Add(value);
        foreach (BigRational c in anchors)
        {
            Add(c);
            Add(c - one);
            Add(c + new BigRational(1, 3));
            Add(c * Whole(2));
            Add(c * Whole(3) + one);
            Add(c + one);
            Add(c * Whole(10));
        }
        return [.. values];
    }

    private static BigRational Near(double value) => new(new BigInteger(Math.Floor(value)));

    private static BigRational Whole(int value) => new(value);
}
