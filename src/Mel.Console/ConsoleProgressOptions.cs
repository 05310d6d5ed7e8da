namespace Mel.Terminal;

/// <summary>Settings of <see cref="ConsoleProgress"/>.</summary>
public sealed record ConsoleProgressOptions
{
    /// <summary>A line is written for every so many steps, and for the first and the last one. The default is 1; the status line of a terminal follows every step.</summary>
    public int StepsPerLine { get; init; } = 1;

    /// <summary>How many of the last steps the remaining time is estimated from. The default is 20.</summary>
    public int EstimateFromSteps { get; init; } = 20;

    /// <summary>Text before every line, such as the name of the run, or nothing.</summary>
    public string Label { get; init; } = "";
}
