using System.Globalization;

namespace Mel.Samples.Study;

/// <summary>Tables and numbers as the page has them.</summary>
internal static class Markdown
{
    public const string Missing = "–";

    private const int Columns = 150;

    /// <summary>A paragraph in lines of whole words, and the empty line behind it.</summary>
    public static IEnumerable<string> Text(string text)
    {
        List<string> lines = [];
        foreach (string word in text.Split(' '))
        {
            if (lines.Count > 0 && lines[^1].Length + 1 + word.Length <= Columns) lines[^1] += " " + word;
            else lines.Add(word);
        }

        return [.. lines, ""];
    }

    public static IEnumerable<string> Table(IReadOnlyList<string> headings, IEnumerable<IReadOnlyList<string>> rows) =>
    [
        $"| {string.Join(" | ", headings)} |", $"|{string.Concat(headings.Select(_ => "---|"))}", .. rows.Select(row => $"| {string.Join(" | ", row)} |"), "",
    ];

    /// <summary>A share as a percentage with one digit behind the point.</summary>
    public static string Percent(double share) => Number(100 * share, "0.0");

    /// <summary>The mean of shares as a percentage, and half the width of its 95 % interval.</summary>
    public static string Percent(IReadOnlyList<double> shares)
    {
        if (shares.Count == 0) return Missing;
        (double low, double high) = Evaluation.ConfidenceInterval.Student(shares);
        return shares.Count == 1 ? Percent(shares[0]) : $"{Percent(shares.Average())} ± {Number(50 * (high - low), "0.0")}";
    }

    /// <summary>A difference of shares in points, with its sign.</summary>
    public static string Points(double share) => Number(100 * share, "+0.0;-0.0;0.0");

    /// <summary>Mean, interval and p-value of a finding; what was not measured is a dash.</summary>
    public static string Finding(PairedFinding finding) => finding.Seeds switch
    {
        0 => Missing,
        1 => $"{Points(finding.Mean)} (one seed)",
        _ => $"{Points(finding.Mean)} ({Points(finding.Interval.Low)} to {Points(finding.Interval.High)}), p {P(finding.P)}",
    };

    public static string P(double p) => p switch
    {
        >= .9995 => "1",
        < .0001 => "< .0001",
        < .001 => Number(p, ".0000"),
        _ => Number(p, ".000"),
    };

    public static string Number(double value, string format) => double.IsFinite(value) ? value.ToString(format, CultureInfo.InvariantCulture) : Missing;
}
