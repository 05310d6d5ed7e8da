using System.Runtime.InteropServices;
using System.Text;

namespace Mel.Transformers.Tokenization;

/// <summary>
/// The byte-level BPE tokenizer of a Hugging Face <c>tokenizer.json</c>, as Qwen2, Qwen3 and Llama 3 have it. Its ids are those of Hugging Face's own library
/// with <c>add_special_tokens=False</c>. Instances are immutable apart from a cache of bounded size, and safe to use from several threads.
/// </summary>
/// <remarks>
/// Text is first split at added tokens (leftmost, longest), also where they occur in text that a user wrote; a prompt template's options say how it deals with
/// that. What lies between is brought to NFC where the file asks for it, split into words and merged. So
/// <c>Decode(Encode(text), skipSpecialTokens: false)</c> is the NFC form of the text. Encoding takes time proportional to the length of the text, times its
/// logarithm for a text without word boundaries.
/// </remarks>
public sealed class HuggingFaceTokenizer : ITokenizer
{
    private readonly TokenizerDefinition _definition;
    private readonly WordSplitter _splitter;
    private readonly BytePairEncoder _encoder;
    private readonly WordCache _cache = new();
    private readonly TokenFinder _rawTokens;
    private readonly TokenFinder _normalizedTokens;
    private readonly Dictionary<string, int> _addedIds;
    private readonly HashSet<int> _specialIds;
    private readonly byte[]?[] _bytes;       // of each id; null where an id has no token
    private readonly string?[] _texts;       // of each id whose bytes are whole characters

    private HuggingFaceTokenizer(TokenizerDefinition definition)
    {
        _definition = definition;
        _splitter = new WordSplitter(definition.DigitsPerWord);
        _encoder = new BytePairEncoder(definition.IdOfByte, definition.Merges, definition.IgnoreMerges ? new VocabularyWords(definition.Vocabulary) : null);
        _rawTokens = new TokenFinder(definition, normalized: false);
        _normalizedTokens = new TokenFinder(definition, normalized: true);
        _addedIds = definition.AddedTokens.ToDictionary(token => token.Text, token => token.Id, StringComparer.Ordinal);
        _specialIds = [.. definition.AddedTokens.Where(token => token.IsSpecial).Select(token => token.Id)];
        _bytes = new byte[]?[definition.TokenBound];
        _texts = new string?[definition.TokenBound];
        foreach ((string token, int id) in definition.Vocabulary) SetText(id, token);
        foreach (AddedToken token in definition.AddedTokens) SetText(token.Id, token.Text);
    }

    /// <summary>The added tokens, by rising id.</summary>
    public IReadOnlyList<AddedToken> AddedTokens => _definition.AddedTokens;

    /// <summary>One more than the largest token id. A model's vocabulary is often padded beyond it; ids from here on have no text.</summary>
    public int TokenBound => _definition.TokenBound;

    /// <summary>Reads a tokenizer.</summary>
    /// <param name="path">A model's folder with a <c>tokenizer.json</c> in it, or the file itself.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="TokenizerFormatException">The file is damaged, contradicts itself, or describes a tokenizer that is not built.</exception>
    /// <exception cref="PlatformNotSupportedException">The tokenizer normalizes text and the process runs in globalization-invariant mode.</exception>
    public static HuggingFaceTokenizer Load(string path)
    {
        TokenizerDefinition definition = TokenizerFile.Load(path);
        if (definition.ComposesText) UnicodeText.RequireComposition();
        return new HuggingFaceTokenizer(definition);
    }

    /// <summary>
    /// The id of a token, given as the file spells it: an added token, or a token of the vocabulary in the byte-level alphabet (<c>Ġthe</c> for " the").
    /// </summary>
    /// <param name="token">The token.</param>
    /// <param name="id">Its id.</param>
    /// <returns>Whether there is such a token.</returns>
    public bool TryGetId(string token, out int id) => _addedIds.TryGetValue(token, out id) || _definition.Vocabulary.TryGetValue(token, out id);

    /// <summary>Whether an id has a token; one without, such as those that only pad a model's vocabulary, decodes to nothing.</summary>
    /// <param name="id">Any number.</param>
    public bool HasToken(int id) => (uint)id < (uint)_bytes.Length && _bytes[id] is not null;

    /// <summary>Whether an id belongs to a special token, which <see cref="Decode"/> drops unless told otherwise.</summary>
    /// <param name="id">Any number.</param>
    public bool IsSpecial(int id) => _specialIds.Contains(id);

    /// <inheritdoc/>
    public IReadOnlyList<int> Encode(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        text = UnicodeText.WithoutLoneSurrogates(text);
        var tokens = new List<int>(text.Length / 3 + 4);
        for (int at = 0; at < text.Length;)
        {
            if (!_rawTokens.TryFind(text, at, out int start, out int length, out int id))
            {
                EncodeBetween(text, at, text.Length, tokens);
                break;
            }
            EncodeBetween(text, at, start, tokens);
            tokens.Add(id);
            at = start + length;
        }
        return tokens.ToArray();
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException"><paramref name="textEnds"/> is neither empty nor as long as <paramref name="tokenIds"/>.</exception>
    public string Decode(ReadOnlySpan<int> tokenIds, Span<int> textEnds = default, bool skipSpecialTokens = true)
    {
        if (!textEnds.IsEmpty && textEnds.Length != tokenIds.Length)
            throw new ArgumentException(
                $"textEnds has {textEnds.Length} places for {tokenIds.Length} tokens; pass one place per token, or none.", nameof(textEnds));
        var text = new StringBuilder(tokenIds.Length * 4);
        var assembler = new Utf8Assembler(text);
        for (int i = 0; i < tokenIds.Length; i++)
        {
            int id = tokenIds[i];
            if (HasToken(id) && !(skipSpecialTokens && IsSpecial(id)))
            {
                if (_texts[id] is { } whole) assembler.Append(whole);
                else assembler.Append(_bytes[id]);
            }
            if (!textEnds.IsEmpty) textEnds[i] = text.Length;
        }
        assembler.Finish();
        return text.ToString();
    }

    private void SetText(int id, string token)
    {
        byte[] bytes = ByteLevelAlphabet.ToBytes(token);
        _bytes[id] = bytes;
        if (System.Text.Unicode.Utf8.IsValid(bytes)) _texts[id] = Encoding.UTF8.GetString(bytes);
    }

    /// <summary>Encodes a stretch of raw text between added tokens.</summary>
    private void EncodeBetween(string text, int start, int end, List<int> tokens)
    {
        if (start == end) return;
        ReadOnlySpan<char> stretch = text.AsSpan(start, end - start);
        if (_definition.ComposesText && !UnicodeText.IsTriviallyComposed(stretch)) stretch = UnicodeText.Compose(stretch.ToString());
        while (_normalizedTokens.TryFind(stretch, 0, out int from, out int length, out int id))
        {
            EncodeWords(stretch[..from], tokens);
            tokens.Add(id);
            stretch = stretch[(from + length)..];
        }
        EncodeWords(stretch, tokens);
    }

    private void EncodeWords(ReadOnlySpan<char> text, List<int> tokens)
    {
        for (int start = 0; start < text.Length;)
        {
            int end = _splitter.EndOfWord(text, start);
            EncodeWord(text[start..end], tokens);
            start = end;
        }
    }

    private void EncodeWord(ReadOnlySpan<char> word, List<int> tokens)
    {
        if (word.Length > WordCache.LongestWord)
        {
            _encoder.Encode(Encoding.UTF8.GetBytes(word.ToArray()), tokens);
            return;
        }
        int slot = WordCache.SlotOf(word);
        if (_cache.TryAppend(slot, word, tokens)) return;
        Span<byte> utf8 = stackalloc byte[3 * WordCache.LongestWord];
        int before = tokens.Count;
        _encoder.Encode(utf8[..Encoding.UTF8.GetBytes(word, utf8)], tokens);
        _cache.Keep(slot, word, CollectionsMarshal.AsSpan(tokens)[before..]);
    }
}
