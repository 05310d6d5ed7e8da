namespace Mel.Transformers.Tokenization;

/// <summary>What a <c>tokenizer.json</c> says, checked and in the form the tokenizer works with.</summary>
/// <param name="Vocabulary">Tokens in the byte-level alphabet, and their ids.</param>
/// <param name="IdOfByte">The token id of each of the 256 bytes.</param>
/// <param name="Merges">The merges.</param>
/// <param name="IgnoreMerges">Whether a word that is a token is taken whole.</param>
/// <param name="ComposesText">Whether text is brought to NFC first.</param>
/// <param name="DigitsPerWord">How many digits one word may hold.</param>
/// <param name="AddedTokens">The added tokens, by id.</param>
/// <param name="NormalizedTokens">The ids of added tokens that are looked for in the normalized text rather than in the raw one.</param>
/// <param name="TokenBound">One more than the largest id.</param>
internal sealed record TokenizerDefinition(
    Dictionary<string, int> Vocabulary,
    int[] IdOfByte,
    MergeTable Merges,
    bool IgnoreMerges,
    bool ComposesText,
    int DigitsPerWord,
    IReadOnlyList<AddedToken> AddedTokens,
    IReadOnlySet<int> NormalizedTokens,
    int TokenBound);
