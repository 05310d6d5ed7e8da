using System.Text;
using Mel.Transformers.Tokenization.Decoders;
using Mel.Transformers.Tokenization.Normalizers;

namespace Mel.Transformers.Tokenization;

/// <summary>
/// The BPE tokenizer of a Hugging Face <c>tokenizer.json</c>: byte-level, as GPT-2, Llama 3, Qwen, SmolLM and DeepSeek have it, or SentencePiece's with byte
/// fallback, as Llama 2, Mistral, Phi-3 and Gemma have it. Its ids are those of Hugging Face's own library with <c>add_special_tokens=False</c>. Instances are
/// immutable apart from a cache of bounded size and a counter, and safe to use from several threads.
/// </summary>
/// <remarks>
/// Text is first split at added tokens (leftmost, longest), also where they occur in text that a user wrote; a prompt template's options say how it deals with
/// that. What lies between is normalized as the file asks for, split into words and merged. For a byte-level tokenizer that changes nothing but the
/// normalization form, <c>Decode(Encode(text), skipSpecialTokens: false)</c> is that form of the text. Encoding takes time proportional to the length of the
/// text, times its logarithm for a text without word boundaries.
/// </remarks>
public sealed class HuggingFaceTokenizer : ITokenizer
{
    private readonly TokenizerDefinition _definition;
    private readonly Normalizer? _normalizer;
    private readonly TokenFinder _rawTokens;
    private readonly TokenFinder _normalizedTokens;
    private readonly Dictionary<string, int> _addedIds;
    private readonly HashSet<int> _specialIds;

    private HuggingFaceTokenizer(TokenizerDefinition definition)
    {
        _definition = definition;
        _normalizer = definition.Normalizer;
        _rawTokens = new TokenFinder(definition.AddedTokens.Where(rule => !rule.IsNormalized), null);
        _normalizedTokens = new TokenFinder(definition.AddedTokens.Where(rule => rule.IsNormalized), _normalizer);
        AddedTokens = [.. definition.AddedTokens.Select(rule => rule.Token)];
        _addedIds = AddedTokens.ToDictionary(token => token.Text, token => token.Id, StringComparer.Ordinal);
        _specialIds = [.. AddedTokens.Where(token => token.IsSpecial).Select(token => token.Id)];
    }

    /// <summary>The added tokens, by rising id.</summary>
    public IReadOnlyList<AddedToken> AddedTokens { get; }

    /// <summary>One more than the largest token id. A model's vocabulary is often padded beyond it; ids from here on have no text.</summary>
    public int TokenBound => _definition.TokenBound;

    /// <summary>
    /// The bytes that no token stands for, in order. Most vocabularies have all; SmolLM2's lacks bytes that text hardly holds, such as the control character 4.
    /// </summary>
    public IReadOnlyList<byte> BytesWithoutToken => _definition.BytesWithoutToken;

    /// <summary>
    /// How many bytes of all texts encoded so far were left out, because no token stands for them: these characters never reach the model, as in Hugging
    /// Face's library. It stays 0 where the vocabulary has all bytes, or a token for what is unknown.
    /// </summary>
    public long DroppedBytes => _definition.Words.DroppedBytes;

    /// <summary>Reads a tokenizer.</summary>
    /// <param name="path">A model's folder with a <c>tokenizer.json</c> in it, or the file itself.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="TokenizerFormatException">The file is damaged, contradicts itself, or describes a tokenizer that is not built.</exception>
    /// <exception cref="PlatformNotSupportedException">The tokenizer normalizes text and the process runs in globalization-invariant mode.</exception>
    public static HuggingFaceTokenizer Load(string path)
    {
        TokenizerDefinition definition = TokenizerFile.Load(path);
        if (definition.Normalizer is { NeedsUnicodeData: true }) UnicodeText.RequireData();
        return new HuggingFaceTokenizer(definition);
    }

    /// <summary>
    /// The id of a token, given as the file spells it: an added token, or a token of the vocabulary, such as <c>Ġthe</c> for " the" in the byte-level alphabet.
    /// </summary>
    /// <param name="token">The token.</param>
    /// <param name="id">Its id.</param>
    /// <returns>Whether there is such a token.</returns>
    public bool TryGetId(string token, out int id) => _addedIds.TryGetValue(token, out id) || _definition.Vocabulary.TryGetValue(token, out id);

    /// <summary>Whether an id has a token; one without, such as those that only pad a model's vocabulary, decodes to nothing.</summary>
    /// <param name="id">Any number.</param>
    public bool HasToken(int id) => _definition.Decoder.HasToken(id);

    /// <summary>Whether an id belongs to a special token, which <see cref="Decode"/> drops unless told otherwise.</summary>
    /// <param name="id">Any number.</param>
    public bool IsSpecial(int id) => _specialIds.Contains(id);

    /// <inheritdoc/>
    public IReadOnlyList<int> Encode(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        text = UnicodeText.WithoutLoneSurrogates(text);
        var tokens = new List<int>(text.Length / 3 + 4);
        (int Search, int Taken) place = default;
        while (true)
        {
            int from = place.Taken;
            if (!_rawTokens.TryFind(text, ref place, out int start, out int id))
            {
                EncodeBetween(text, from, text.Length, tokens);
                return tokens.ToArray();
            }
            EncodeBetween(text, from, start, tokens);
            tokens.Add(id);
        }
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException"><paramref name="textEnds"/> is neither empty nor as long as <paramref name="tokenIds"/>.</exception>
    public string Decode(ReadOnlySpan<int> tokenIds, Span<int> textEnds = default, bool skipSpecialTokens = true)
    {
        if (!textEnds.IsEmpty && textEnds.Length != tokenIds.Length)
            throw new ArgumentException(
                $"textEnds has {textEnds.Length} places for {tokenIds.Length} tokens; pass one place per token, or none.", nameof(textEnds));
        var text = new StringBuilder(tokenIds.Length * 4);
        TextAssembler assembler = BeginText(text);
        for (int i = 0; i < tokenIds.Length; i++)
        {
            if (LeavesText(tokenIds[i], skipSpecialTokens)) assembler.Append(tokenIds[i]);
            if (!textEnds.IsEmpty) textEnds[i] = text.Length;
        }
        assembler.Finish();
        return text.ToString();
    }

    /// <summary>Begins a text that is decoded token by token.</summary>
    internal TextAssembler BeginText(StringBuilder text) => _definition.Decoder.Begin(text);

    /// <summary>Whether a token leaves text.</summary>
    internal bool LeavesText(int id, bool skipSpecialTokens) => HasToken(id) && !(skipSpecialTokens && IsSpecial(id));

    /// <summary>Encodes a stretch of raw text between added tokens.</summary>
    private void EncodeBetween(string text, int start, int end, List<int> tokens)
    {
        if (start >= end) return;
        ReadOnlySpan<char> stretch = text.AsSpan(start, end - start);
        if (_normalizer is not null) stretch = _normalizer.Apply(stretch);
        bool isFirst = start == 0;
        (int Search, int Taken) place = default;
        while (true)
        {
            int from = place.Taken;
            bool found = _normalizedTokens.TryFind(stretch, ref place, out int until, out int id);
            if (!found) until = stretch.Length;
            if (until > from) _definition.Steps.Accept(stretch[from..until], isFirst && from == 0, tokens);
            if (!found) return;
            tokens.Add(id);
        }
    }
}
