using Mel.Transformers.Tokenization.Decoders;
using Mel.Transformers.Tokenization.Normalizers;
using Mel.Transformers.Tokenization.PreTokenizers;

namespace Mel.Transformers.Tokenization;

/// <summary>What a <c>tokenizer.json</c> says, checked and in the form the tokenizer works with.</summary>
/// <param name="Normalizer">What changes text first, or null.</param>
/// <param name="Steps">The first step of the way from a stretch of text to tokens.</param>
/// <param name="Words">The last of these steps.</param>
/// <param name="BytesWithoutToken">The bytes that no token stands for, where text is made of bytes.</param>
/// <param name="Vocabulary">Tokens and their ids.</param>
/// <param name="Decoder">The way back.</param>
/// <param name="AddedTokens">The added tokens, by id.</param>
/// <param name="TokenBound">One more than the largest id.</param>
internal sealed record TokenizerDefinition(
    Normalizer? Normalizer,
    PieceStep Steps,
    WordEncoder Words,
    IReadOnlyList<byte> BytesWithoutToken,
    Dictionary<string, int> Vocabulary,
    TokenDecoder Decoder,
    IReadOnlyList<AddedTokenRule> AddedTokens,
    int TokenBound);
