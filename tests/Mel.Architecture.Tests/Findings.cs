namespace Mel.Architecture.Tests;

/// <summary>How the tests of this project fail: every place that breaks a rule on a line of its own.</summary>
internal static class Findings
{
    /// <param name="findings">The places.</param>
    /// <param name="rule">What holds everywhere, and what to do where it does not.</param>
    public static void ShouldBeNone(this IEnumerable<string> findings, string rule)
    {
        string[] all = [.. findings];
        if (all.Length > 0) Assert.Fail($"{rule} {all.Length} do not hold to it:\n{string.Join('\n', all)}");
    }
}
