using Mel.Core.Tests.Golden.Adapters;
using Mel.Testing;
using static TorchSharp.torch;

namespace Mel.Core.Tests.Golden;

/// <summary>Every case of golden/rl: values and gradients of the reference implementations, at the tolerance the file states.</summary>
[TestFixture, Category(ReferenceData.Category), NoTensorLeaks]
public sealed class GoldenTests
{
    private static readonly Dictionary<string, Func<GoldenCase, GoldenOutputs>> Adapters = new(
        AdvantageAdapters.All.Concat(AggregationAdapters.All).Concat(DivergenceAdapters.All).Concat(LogProbAdapters.All).Concat(NllAdapters.All)
            .Concat(LigerAdapters.All).Concat(OpenRlhfLossAdapters.All).Concat(PrimeAdapters.All).Concat(TrlLossAdapters.All).Concat(VerlLossAdapters.All)
            .Concat(MismatchAdapters.All).Concat(ShapingAdapters.All).Concat(StatisticsAdapters.All));

    public static IEnumerable<TestCaseData> Files()
    {
        IReadOnlyList<string> files = ReferenceData.Files("golden/rl", "*.json");
        if (files.Count == 0) yield return new TestCaseData("").SetName("Golden_NoReferenceData_IsIgnored");
        foreach (string file in files) yield return new TestCaseData(file).SetName($"Golden_{Path.GetFileNameWithoutExtension(file)}_EveryCasePasses");
    }

    /// <param name="path">A golden file.</param>
    [TestCaseSource(nameof(Files))]
    public void Golden_File_EveryCasePasses(string path)
    {
        if (path.Length == 0) ReferenceData.Require("golden", "rl");
        int passed = 0;
        var outOfScope = new SortedDictionary<string, int>(StringComparer.Ordinal);
        var failures = new List<string>();
        foreach (GoldenCase golden in GoldenFile.Read(path))
        {
            if (OutOfScope.Reason(golden) is { } reason)
            {
                string key = $"{golden.Function} ({reason})";
                outOfScope[key] = outOfScope.GetValueOrDefault(key) + 1;
            }
            else if (Failure(golden) is { } failure) failures.Add($"{golden.Name}: {failure}");
            else passed++;
        }
        TestContext.Out.WriteLine($"{Path.GetFileNameWithoutExtension(path),-26} passed {passed,4}   out of scope {outOfScope.Values.Sum(),4}   failed {failures.Count,4}");
        foreach ((string key, int count) in outOfScope) TestContext.Out.WriteLine($"    out of scope: {count,3} x {key}");
        failures.Should().BeEmpty();
    }

    private static string? Failure(GoldenCase golden)
    {
        if (!Adapters.TryGetValue(golden.Function, out Func<GoldenCase, GoldenOutputs>? run)) return $"no adapter for '{golden.Function}', and it is not listed as out of scope";
        using var scope = NewDisposeScope();
        try
        {
            return run(golden).DifferenceFrom(golden);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return $"{e.GetType().Name}: {e.Message}";
        }
    }
}
