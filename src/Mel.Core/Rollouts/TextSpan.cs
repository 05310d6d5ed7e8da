namespace Mel.Rollouts;

/// <summary>A stretch of a text, in UTF-16 units.</summary>
/// <param name="Start">Where it begins.</param>
/// <param name="Length">How long it is; 0 for an absent part.</param>
public readonly record struct TextSpan(int Start, int Length)
{
    /// <summary>Index of the first character after the stretch.</summary>
    public int End => Start + Length;

    /// <summary>The text of the stretch.</summary>
    /// <param name="text">The text the span was made for.</param>
    public string Of(string text) => text.Substring(Start, Length);
}
