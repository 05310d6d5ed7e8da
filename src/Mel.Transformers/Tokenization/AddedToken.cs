namespace Mel.Transformers.Tokenization;

/// <summary>A token that stands outside the byte-pair vocabulary and is recognized by its text wherever that occurs, such as <c>&lt;|im_end|&gt;</c>.</summary>
/// <param name="Id">Its token id.</param>
/// <param name="Text">Its text, never empty.</param>
/// <param name="IsSpecial">Whether decoding drops it when special tokens are skipped; <c>&lt;think&gt;</c>, for one, is added but not special.</param>
public sealed record AddedToken(int Id, string Text, bool IsSpecial)
{
    /// <summary>The most added tokens that are read from a file; models of speech add up to 65,536.</summary>
    internal const int Most = 1 << 17;

    /// <summary>The most characters of one that is read from a file.</summary>
    internal const int Longest = 1 << 8;
}
