namespace Mel.Verifiers.Extraction;

/// <summary>One boxed answer in a text: the command with its argument, and the argument alone.</summary>
/// <param name="Start">Where the command begins, backslashes included.</param>
/// <param name="ContentStart">Where the argument begins.</param>
/// <param name="ContentEnd">Where the argument ends.</param>
/// <param name="End">Behind the closing brace; the end of the text where the box stays open.</param>
internal readonly record struct Box(int Start, int ContentStart, int ContentEnd, int End)
{
    /// <summary>Whether no brace closes the box.</summary>
    public bool IsOpen => ContentEnd == End && Braced;

    /// <summary>Whether the argument stands in braces.</summary>
    public bool Braced { get; init; }

    public ReadOnlySpan<char> Content(string text) => text.AsSpan(ContentStart, ContentEnd - ContentStart).Trim();
}
