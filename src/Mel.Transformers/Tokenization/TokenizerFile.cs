using System.Text.Json;
using Mel.Runtime;
using Mel.Transformers.Tokenization.Decoders;
using Mel.Transformers.Tokenization.Normalizers;
using Mel.Transformers.Tokenization.PreTokenizers;

namespace Mel.Transformers.Tokenization;

/// <summary>
/// Reads and checks a <c>tokenizer.json</c>. The file is not trusted: sizes are bounded before anything is allocated for them, and everything it says must
/// fit together.
/// </summary>
internal sealed class TokenizerFile
{
    /// <summary>One more than the largest token id that is accepted; the largest published vocabularies have about 260,000 tokens.</summary>
    public const int LargestTokenBound = 1 << 22;

    /// <summary>The name of the file in a model's folder.</summary>
    public const string Name = "tokenizer.json";

    /// <summary>How far ids may run ahead of the number of tokens: a table has a place for every id, whether a token has it or not.</summary>
    private const int MostIdsWithoutToken = 1 << 18;

    private readonly TokenizerJson _json;

    private TokenizerFile(string path) => _json = new TokenizerJson(path);

    /// <summary>Reads a file.</summary>
    /// <param name="path">A folder with a <c>tokenizer.json</c> in it, or the file itself.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="TokenizerFormatException">The file is damaged or of a kind that is not built.</exception>
    public static TokenizerDefinition Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        string file = Directory.Exists(path) ? Path.Combine(path, Name) : path;
        if (!Path.Exists(file))
            throw new FileNotFoundException(
                $"'{file}' does not exist: a {Name} or a model's folder that holds one is expected. Download it with the model's weights.", file);
        return new TokenizerFile(file).Read();
    }

    private TokenizerDefinition Read()
    {
        using JsonDocument document = _json.Read();
        JsonElement root = document.RootElement;
        Normalizer? normalizer = new NormalizerReader(_json).Read(root);
        PreTokenizerPlan plan = new PreTokenizerReader(_json).Read(root);
        if ((plan.AsksForStart && normalizer is { MovesStart: true }) || (plan.AsksForStartOfParts && normalizer is { Growth: > 1 }))
            throw _json.Error("The pre_tokenizer Metaspace treats the start of the text in a way of its own (prepend_scheme 'first'), " +
                "but the normalizer makes more or less of the text there, and which of it is the start is not defined. " +
                "Set prepend_scheme to 'always' or 'never'.");
        var model = new BytePairModelReader(_json);
        BytePairModel pairs = model.Read(root);
        List<AddedTokenRule> added = new AddedTokenReader(_json).Read(root, pairs.Vocabulary, model.TokenOfId);

        int count = model.TokenOfId.Count + added.Count;
        int bound = 1 + Math.Max(model.TokenOfId.Keys.DefaultIfEmpty(-1).Max(), added.Count == 0 ? -1 : added[^1].Token.Id);
        if (bound > 2L * count + MostIdsWithoutToken)
            throw _json.Error($"The largest id is {bound - 1:N0}, but there are only {count:N0} tokens. Fetch the file again.");
        var tokens = new string?[bound];
        foreach ((int id, string token) in model.TokenOfId) tokens[id] = token;
        var normalized = new Dictionary<string, AddedTokenRule>(StringComparer.Ordinal);
        foreach (AddedTokenRule rule in added)
        {
            string written = tokens[rule.Token.Id] = rule.WrittenAs(normalizer);
            if (rule.IsNormalized && !normalized.TryAdd(written, rule))
                throw _json.Error($"The normalizer makes the added tokens {Excerpt.Quoted(rule.Token.Text)} and " +
                    $"{Excerpt.Quoted(normalized[written].Token.Text)} equal, and which of them the text then stands for is not defined. Remove one of them.");
        }

        TokenDecoder decoder = new DecoderReader(_json).Read(root, tokens);
        (WordEncoder words, IReadOnlyList<byte> missing) = Words(plan, pairs);
        return new TokenizerDefinition(normalizer, plan.Build(words), words, missing, pairs.Vocabulary, decoder, added, bound);
    }

    /// <summary>The step that makes tokens: of bytes, where text comes as bytes and each of them is a token or left out, and otherwise of characters.</summary>
    private (WordEncoder Words, IReadOnlyList<byte> Missing) Words(PreTokenizerPlan plan, BytePairModel model)
    {
        if (!plan.EndsInBytes) return (new CharacterWordEncoder(model), []);
        var idOfByte = new int[256];
        var missing = new List<byte>();
        for (int value = 0; value < 256; value++)
        {
            string spelled = ByteLevelAlphabet.Spell((byte)value).ToString();
            idOfByte[value] = model.Vocabulary.GetValueOrDefault(spelled, -1);
            if (idOfByte[value] < 0) missing.Add((byte)value);
        }
        if (missing.Count > 0 && (model.UnknownId >= 0 || model.ByteFallback))
        {
            plan.SpellsBytes = true;
            return (new CharacterWordEncoder(model), []);
        }
        foreach (byte value in missing)
        {
            if ((char)value is '\t' or '\n' or '\r' or (>= ' ' and <= '~'))
                throw _json.Error($"model.vocab has no token {Excerpt.Quoted(ByteLevelAlphabet.Spell(value).ToString())} for the byte 0x{value:X2}, " +
                    "but a byte-level vocabulary has one for every byte of plain text. Check that this is the tokenizer of the model.");
        }
        var merger = new BytePairMerger(model.Merges);
        return (new ByteWordEncoder(idOfByte, merger, model.IgnoreMerges ? new VocabularyWords(model.Vocabulary) : null), missing);
    }
}

/// <summary>
/// A tokenizer file that cannot be read: damaged, inconsistent, or of a kind that is not built. The message names the file, what it holds, what is expected
/// and what to do.
/// </summary>
public sealed class TokenizerFormatException : FormatException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="file">The path of the file at fault.</param>
    /// <param name="reason">What was found, what is expected and what to do, as whole sentences.</param>
    /// <param name="innerException">The error of the layer below, where there is one.</param>
    public TokenizerFormatException(string file, string reason, Exception? innerException = null)
        : base(Excerpt.Message($"{file}: {reason}"), innerException) => File = file;

    /// <summary>The path of the file at fault.</summary>
    public string File { get; }
}
