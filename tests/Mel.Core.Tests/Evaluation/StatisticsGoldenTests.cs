using System.Text.Json;
using Mel.Evaluation;
using Mel.Testing;

namespace Mel.Core.Tests.Evaluation;

/// <summary>Every figure of golden/statistics that the library computes: the file of this project, and that of the reference data where there is one.</summary>
[TestFixtureSource(nameof(Files))]
public sealed class StatisticsGoldenTests(string path)
{
    private readonly JsonElement _golden = JsonDocument.Parse(File.ReadAllText(path)).RootElement;

    public static IEnumerable<TestFixtureData> Files()
        => from file in ReferenceData.Files("golden/statistics", "*.json").Prepend(Path.Combine(AppContext.BaseDirectory, "Golden", "Statistics", "statistics.json"))
           select new TestFixtureData(file);

    [Test]
    public void PassAtK_EqualsExactIntegers()
    {
        foreach (JsonElement row in Rows("pass_at_k"))
        {
            int n = row.GetProperty("n").GetInt32(), c = row.GetProperty("c").GetInt32(), k = row.GetProperty("k").GetInt32();
            if (row.GetProperty("value").ValueKind == JsonValueKind.Null)
                FluentActions.Invoking(() => PassAtK.Of(n, c, k)).Should().Throw<ArgumentOutOfRangeException>("{0}", row);
            else
                PassAtK.Of(n, c, k).Should().BeApproximately(Number(row, "value"), 1e-14, "{0}", row);
        }
    }

    [Test]
    public void SignFlipTest_EqualsEveryFlip()
    {
        foreach (JsonElement row in Rows("paired_sign_flip"))
        {
            SignFlipTest test = SignFlipTest.Of(Numbers(row, "differences"));

            test.IsExact.Should().BeTrue();
            test.TwoSided.Should().Be(Number(row, "p_two_sided"), "{0}", row);
            test.Greater.Should().Be(Number(row, "p_greater"), "{0}", row);
        }
    }

    [Test]
    public void Student_EqualsScipy()
    {
        foreach (JsonElement row in Rows("t_intervals"))
        {
            double[] values = Numbers(row, "values");
            values.Average().Should().BeApproximately(Number(row, "mean"), 1e-14);
            Near(ConfidenceInterval.Student(values, Number(row, "level")), Number(row, "low"), Number(row, "high"), 1e-10, row);
        }
    }

    [Test]
    public void Proportions_EqualScipy()
    {
        foreach (JsonElement row in Rows("wilson"))
        {
            int s = row.GetProperty("successes").GetInt32(), n = row.GetProperty("n").GetInt32();
            Near(ConfidenceInterval.Wilson(s, n), Number(row, "low"), Number(row, "high"), 1e-13, row);
            Near(ConfidenceInterval.ClopperPearson(s, n), Number(row, "clopper_pearson_low"), Number(row, "clopper_pearson_high"), 1e-11, row);
        }
    }

    [Test]
    public void Bootstrap_IsWithinTheToleranceOfScipys([Values(0ul, 7ul)] ulong seed)
    {
        foreach (JsonElement row in Rows("bca"))
        {
            double[] values = Numbers(row, "values"), percentile = Numbers(row, "percentile"), bca = Numbers(row, "bca");
            double level = Number(row, "level"), tolerance = Number(row, "tolerance");
            Near(Bootstrap.Percentile(values, level, 200_000, seed), percentile[0], percentile[1], tolerance, row);
            Near(Bootstrap.BiasCorrected(values, level, 200_000, seed), bca[0], bca[1], tolerance, row);
        }
    }

    private JsonElement.ArrayEnumerator Rows(string section)
    {
        JsonElement rows = _golden.GetProperty(section);
        rows.GetArrayLength().Should().BePositive();
        return rows.EnumerateArray();
    }

    private static double Number(JsonElement row, string name) => row.GetProperty(name).GetDouble();

    private static double[] Numbers(JsonElement row, string name) => row.GetProperty(name).Deserialize<double[]>()!;

    private static void Near((double Low, double High) interval, double low, double high, double tolerance, JsonElement row)
    {
        interval.Low.Should().BeApproximately(low, tolerance, "{0}", row);
        interval.High.Should().BeApproximately(high, tolerance, "{0}", row);
    }
}
