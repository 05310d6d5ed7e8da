namespace Mel.Transformers.Tokenization;

/// <summary>A token that stands outside the byte-pair vocabulary and is recognised by its text wherever that occurs, such as <c>&lt;|im_end|&gt;</c>.</summary>
/// <param name="Id">Its token id.</param>
/// <param name="Text">Its text, never empty.</param>
/// <param name="IsSpecial">Whether decoding drops it when special tokens are skipped; <c>&lt;think&gt;</c>, for one, is added but not special.</param>
public sealed record AddedToken(int Id, string Text, bool IsSpecial);
