namespace Mel.Services;

/// <summary>Which values of a figure are better.</summary>
public enum FigureDirection
{
    /// <summary>Higher ones, as of an accuracy.</summary>
    Higher,

    /// <summary>Lower ones, as of a length.</summary>
    Lower,
}
