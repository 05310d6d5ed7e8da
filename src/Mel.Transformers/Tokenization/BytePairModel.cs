namespace Mel.Transformers.Tokenization;

/// <summary>The byte-pair vocabulary of a tokenizer, checked.</summary>
/// <param name="Vocabulary">Tokens and their ids.</param>
/// <param name="Merges">The merges.</param>
/// <param name="IgnoreMerges">Whether a word that is a token is taken whole.</param>
/// <param name="ByteFallback">Whether characters that are no tokens become tokens of their bytes.</param>
/// <param name="UnknownId">The token of characters that have no other, or -1 when these are left out.</param>
/// <param name="FuseUnknown">Whether neighboring unknown characters are one token.</param>
internal sealed record BytePairModel(
    Dictionary<string, int> Vocabulary,
    MergeTable Merges,
    bool IgnoreMerges,
    bool ByteFallback,
    int UnknownId,
    bool FuseUnknown);
