namespace Mel.Report;

/// <summary>How a picture looks.</summary>
public sealed class ChartOptions
{
    /// <summary>The title above the picture; empty for none.</summary>
    /// <value>The default is empty.</value>
    public string Title { get; set; } = "";

    /// <summary>Label of the vertical axis; null takes the name of the figure.</summary>
    /// <value>The default is null.</value>
    public string? ValueLabel { get; set; }

    /// <summary>Label of the horizontal axis of curves.</summary>
    /// <value>The default is <c>step</c>.</value>
    public string StepLabel { get; set; } = "step";

    /// <summary>Whether the picture is light on dark.</summary>
    /// <value>The default is false.</value>
    public bool Dark { get; set; }

    /// <summary>Number of last steps whose mean each point of a curve is; 1 draws the figures as they are.</summary>
    /// <value>The default is 1.</value>
    public int Smoothing { get; set; } = 1;

    /// <summary>Width of the picture, pixels.</summary>
    /// <value>The default is 960.</value>
    public int Width { get; set; } = 960;

    /// <summary>Height of the picture, pixels.</summary>
    /// <value>The default is 540.</value>
    public int Height { get; set; } = 540;
}
