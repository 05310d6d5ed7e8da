using System.Globalization;

namespace Mel.Verifiers.Tests.Oracle;

/// <summary>Random pairs judged by an oracle that shares no code with the verifier: exact fractions, 192-bit reals, brute force over whole numbers.</summary>
[TestFixture]
public sealed class OracleFuzzTests
{
    [Test]
    public void Compare_ScalarPairs_AgreesWithTheOracle() => Check(new ScalarPairs(71).Next, 6500);

    [Test]
    public void Compare_IntegerFunctionPairs_AgreesWithTheOracle() => Check(new IntegerPairs(72).Next, 5000);

    [Test]
    public void Compare_SetsOfRealNumbers_AgreesWithTheOracle() => Check(new RealSetPairs(73).Next, 3000);

    [Test]
    public void Compare_Quantities_AgreesWithTheOracle() => Check(new UnitPairs(74).Next, 2000);

    [Test]
    public void Compare_FunctionsInPieces_AgreesWithTheOracle() => Check(new CasePairs(75).Next, 1500);

    [Test]
    public void Compare_ListsTuplesMatricesAndSystems_AgreesWithTheOracle() => Check(new StructurePairs(76).Next, 2000);

    private static void Check(Func<bool, Pair> next, int count)
    {
        MathVerifier verifier = new();
        Dictionary<string, (int Pairs, List<string> Wrong)> kinds = new(StringComparer.Ordinal);
        for (int i = 0; i < 2 * count; i++)
        {
            Pair pair = next(i % 2 == 0);
            MathVerification result = verifier.Verify(pair.Gold, $"\\boxed{{{pair.Answer}}}");
            (int pairs, List<string> wrong) = kinds.GetValueOrDefault(pair.Kind, (0, []));
            if (result.IsCorrect != pair.Same) wrong.Add($"{(pair.Same ? "FN" : "FP")} {pair.Gold}  |  {pair.Answer}  |  {result.Outcome} {result.Method}");
            kinds[pair.Kind] = (pairs + 1, wrong);
        }

        foreach ((string kind, (int pairs, List<string> wrong)) in kinds.OrderBy(static k => k.Key, StringComparer.Ordinal))
        {
            int negatives = wrong.Count(static w => w.StartsWith("FN", StringComparison.Ordinal));
            TestContext.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{kind}: {pairs} pairs, FN {negatives}, FP {wrong.Count - negatives}"));
            foreach (string line in wrong.Take(12)) TestContext.Out.WriteLine("  " + line);
        }
        kinds.Values.Sum(static k => k.Wrong.Count).Should().Be(0, "verifier and oracle agree on every pair");
    }
}
