namespace Mel.Runtime;

/// <summary>Text from outside, cut to a length that is fit for a message.</summary>
internal static class Excerpt
{
    private const int MessageLength = 4000;

    /// <summary>The text, or its beginning and how long it is.</summary>
    /// <param name="text">The text.</param>
    /// <param name="length">The most characters that are shown.</param>
    public static string Of(string text, int length = 80)
        => text.Length <= length ? text : $"{text.AsSpan(0, Whole(text, length))}... ({text.Length:N0} characters)";

    /// <summary>The same in quotation marks.</summary>
    public static string Quoted(string text, int length = 80)
        => text.Length <= length ? $"'{text}'" : $"'{text.AsSpan(0, Whole(text, length))}...' ({text.Length:N0} characters)";

    /// <summary>
    /// A whole message, cut where it is longer than any that this library writes: the last guard against text from outside that was put into one uncut.
    /// </summary>
    public static string Message(string message) => Of(message, MessageLength);

    // A pair of surrogates is not cut in two.
    private static int Whole(string text, int length) => char.IsHighSurrogate(text[length - 1]) ? length - 1 : length;
}
