namespace Mel.Terminal;

/// <summary>Settings of <see cref="ConsoleProgress"/>, which reads them when it is created.</summary>
public sealed class ConsoleProgressOptions
{
    /// <summary>A line is written for every so many steps, and for the first and the last one. The status line of a terminal follows every step.</summary>
    /// <value>The default is 1.</value>
    public int StepsPerLine { get; set; } = 1;

    /// <summary>How many of the last steps the remaining time is estimated from.</summary>
    /// <value>The default is 20.</value>
    public int EstimateFromSteps { get; set; } = 20;

    /// <summary>Text before every line, such as the name of the run.</summary>
    /// <value>The default is no text.</value>
    public string Label { get; set; } = "";
}
