namespace Mel.Terminal;

/// <summary>A curve of one line: a character per value, or per group of neighboring values where there are more of them than columns.</summary>
internal static class Sparkline
{
    private const string Blocks = "▁▂▃▄▅▆▇█", Plain = "_.-~=+*#";

    /// <summary>Draws a curve from its lowest to its highest value. A flat one is drawn at the bottom; values that are no numbers are gaps.</summary>
    /// <param name="values">The values, oldest first.</param>
    /// <param name="columns">Most characters to draw.</param>
    /// <param name="unicode">Whether the terminal shows block characters.</param>
    public static string Draw(IReadOnlyList<double> values, int columns, bool unicode)
    {
        if (values.Count == 0 || columns <= 0) return "";
        double[] means = Grouped(values, Math.Min(columns, values.Count));
        double[] finite = [.. means.Where(double.IsFinite)];
        if (finite.Length == 0) return "";
        double low = finite.Min(), range = finite.Max() - low;
        string marks = unicode ? Blocks : Plain;
        return string.Concat(means.Select(value
            => double.IsFinite(value) ? marks[range <= 0 ? 0 : (int)Math.Round((value - low) / range * (marks.Length - 1))] : ' '));
    }

    private static double[] Grouped(IReadOnlyList<double> values, int groups)
    {
        double[] means = new double[groups];
        for (int i = 0; i < groups; i++)
        {
            int from = (int)((long)i * values.Count / groups), to = (int)((long)(i + 1) * values.Count / groups);
            means[i] = values.Skip(from).Take(to - from).Where(double.IsFinite).DefaultIfEmpty(double.NaN).Average();
        }

        return means;
    }
}
