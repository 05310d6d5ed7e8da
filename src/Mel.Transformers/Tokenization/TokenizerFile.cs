using System.Text.Json;
using Mel.Runtime;
using static System.Text.Json.JsonValueKind;

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

    private const int LongestToken = 1 << 14;

    /// <summary>How far ids may run ahead of the number of tokens: a table has a place for every id, whether a token has it or not.</summary>
    private const int MostIdsWithoutToken = 1 << 18;

    private const string SupportedKinds = "Supported are byte-level BPE tokenizers as Qwen2, Qwen3 and Llama 3 have them.";

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
        bool composes = ReadNormalizer(root);
        int digits = ReadSplitter(root);
        RequireByteLevelDecoder(root);

        JsonElement model = _json.Required(root, "", "model", JsonValueKind.Object);
        RequireByteLevelBpe(model);
        (Dictionary<string, int> vocabulary, Dictionary<int, string> tokenOfId) = ReadVocabulary(model);
        int[] idOfByte = ReadBytes(vocabulary);
        MergeTable merges = ReadMerges(model, vocabulary);
        (List<AddedToken> added, HashSet<int> normalized) = ReadAddedTokens(root, vocabulary, tokenOfId);
        int bound = 1 + Math.Max(tokenOfId.Keys.Max(), added.Count == 0 ? 0 : added[^1].Id);
        if (bound > 2L * (tokenOfId.Count + added.Count) + MostIdsWithoutToken)
            throw _json.Error($"The largest id is {bound - 1:N0}, but there are only {tokenOfId.Count + added.Count:N0} tokens. Fetch the file again.");
        return new TokenizerDefinition(vocabulary, idOfByte, merges, _json.Flag(model, "model", "ignore_merges"), composes, digits, added, normalized, bound);
    }

    private bool ReadNormalizer(JsonElement root)
    {
        if (_json.Optional(root, "", "normalizer", JsonValueKind.Object) is not { } normalizer) return false;
        string? type = _json.Text(normalizer, "normalizer", "type");
        return type switch
        {
            "NFC" => true,
            "Sequence" when _json.Required(normalizer, "normalizer", "normalizers", JsonValueKind.Array).GetArrayLength() == 0 => false,
            _ => throw _json.Error($"The normalizer is {Shown(type)}, but NFC or none is supported. {SupportedKinds}"),
        };
    }

    /// <summary>The number of digits per word of the one family of split expressions that is built.</summary>
    private int ReadSplitter(JsonElement root)
    {
        JsonElement splitter = _json.Required(root, "", "pre_tokenizer", JsonValueKind.Object);
        string? type = _json.Text(splitter, "pre_tokenizer", "type");
        if (type != "Sequence") throw _json.Error($"The pre_tokenizer is {Shown(type)}, but a Sequence of Split and ByteLevel is supported. {SupportedKinds}");
        JsonElement list = _json.Required(splitter, "pre_tokenizer", "pretokenizers", JsonValueKind.Array);
        JsonElement[] steps = [.. list.EnumerateArray().Take(16)];
        string?[] types = [.. steps.Select(
            (step, i) => _json.Text(_json.Object(step, $"pre_tokenizer.pretokenizers[{i}]"), $"pre_tokenizer.pretokenizers[{i}]", "type"))];
        if (list.GetArrayLength() != 2 || types is not ["Split", "ByteLevel"])
            throw _json.Error($"The pre_tokenizer is a Sequence of {Shown(string.Join(", ", types))}, but Split, ByteLevel is supported. {SupportedKinds}");

        const string split = "pre_tokenizer.pretokenizers[0]", byteLevel = "pre_tokenizer.pretokenizers[1]";
        string? behavior = _json.Text(steps[0], split, "behavior");
        if (behavior != "Isolated" || _json.Flag(steps[0], split, "invert"))
            throw _json.Error($"{split} has the behavior {Shown(behavior)} or is inverted, but 'Isolated' and not inverted is supported. {SupportedKinds}");
        if (_json.Flag(steps[1], byteLevel, "add_prefix_space") || _json.Optional(steps[1], byteLevel, "use_regex", True, False) is not { ValueKind: False })
            throw _json.Error($"{byteLevel} adds a prefix space or splits by its own expression (use_regex), but neither is supported. {SupportedKinds}");

        string? pattern = _json.Text(_json.Required(steps[0], split, "pattern", JsonValueKind.Object), $"{split}.pattern", "Regex");
        return WordSplitter.DigitsOf(pattern) ??
            throw _json.Error($"The split expression is {Shown(pattern)}, " +
                $"but only those of Qwen2 and Qwen3 ({WordSplitter.PatternFor(1)}) and of Llama 3 (with \\p{{N}}{{1,3}}) are supported.");
    }

    private void RequireByteLevelDecoder(JsonElement root)
    {
        string? type = _json.Text(_json.Required(root, "", "decoder", JsonValueKind.Object), "decoder", "type");
        if (type != "ByteLevel") throw _json.Error($"The decoder is {Shown(type)}, but ByteLevel is supported. {SupportedKinds}");
    }

    private void RequireByteLevelBpe(JsonElement model)
    {
        // Files from before 2023 leave the type out; a list of merges then tells BPE.
        string? type = _json.Text(model, "model", "type") ?? (model.TryGetProperty("merges", out _) ? "BPE" : null);
        if (type != "BPE") throw _json.Error($"The model is {Shown(type)}, but BPE is supported. {SupportedKinds}");
        foreach (string name in (ReadOnlySpan<string>)["continuing_subword_prefix", "end_of_word_suffix"])
        {
            if (_json.Text(model, "model", name) is { Length: > 0 } affix)
                throw _json.Error($"model.{name} is {Shown(affix)}, but none is supported. {SupportedKinds}");
        }
        if (_json.Flag(model, "model", "byte_fallback"))
            throw _json.Error($"model.byte_fallback is on, but byte-level vocabularies have no use for it. {SupportedKinds}");
        if (_json.Optional(model, "model", "dropout", Number) is { } dropout && dropout.GetDouble() != 0)
            throw _json.Error($"model.dropout is {Excerpt.Of(dropout.GetRawText())}, but none is supported: token ids would be random. Set it to null.");
    }

    private (Dictionary<string, int> Vocabulary, Dictionary<int, string> TokenOfId) ReadVocabulary(JsonElement model)
    {
        JsonElement vocab = _json.Required(model, "model", "vocab", JsonValueKind.Object);
        int count = vocab.GetPropertyCount();
        var vocabulary = new Dictionary<string, int>(count, StringComparer.Ordinal);
        var tokenOfId = new Dictionary<int, string>(count);
        foreach (JsonProperty entry in vocab.EnumerateObject())
        {
            string token = RequireLength(entry.Name, "a token of model.vocab");
            int id = _json.TokenId(entry.Value, $"The token {Shown(token)} of model.vocab");
            if (!vocabulary.TryAdd(token, id))
                throw _json.Error($"model.vocab lists the token {Shown(token)} twice, but each token has one id. Fetch the file again.");
            if (!tokenOfId.TryAdd(id, token))
                throw _json.Error(
                    $"model.vocab gives the id {id} to {Shown(tokenOfId[id])} and to {Shown(token)}, but each id stands for one token. Fetch the file again.");
        }
        return (vocabulary, tokenOfId);
    }

    private int[] ReadBytes(Dictionary<string, int> vocabulary)
    {
        var idOfByte = new int[256];
        for (int value = 0; value < 256; value++)
        {
            string spelled = ByteLevelAlphabet.Spell((byte)value).ToString();
            if (!vocabulary.TryGetValue(spelled, out idOfByte[value]))
                throw _json.Error($"model.vocab has no token {Shown(spelled)} for the byte 0x{value:X2}, " +
                    $"but a byte-level vocabulary has one for each of the 256 bytes. {SupportedKinds}");
        }
        return idOfByte;
    }

    private MergeTable ReadMerges(JsonElement model, Dictionary<string, int> vocabulary)
    {
        JsonElement merges = _json.Required(model, "model", "merges", JsonValueKind.Array);
        // A merge is a place where a token can be split in two.
        long splits = vocabulary.Keys.Sum(token => token.Length - 1L);
        if (merges.GetArrayLength() > splits)
            throw _json.Error($"model.merges has {merges.GetArrayLength():N0} entries, " +
                $"but the tokens of model.vocab can be split in only {splits:N0} places. Fetch the file again.");
        var ids = vocabulary.GetAlternateLookup<ReadOnlySpan<char>>();
        var table = new MergeTable(merges.GetArrayLength());
        int rank = 0;
        foreach (JsonElement merge in merges.EnumerateArray())
        {
            (string left, string right) = ReadPair(merge, rank);
            if (!vocabulary.TryGetValue(left, out int leftId)) throw Missing(left);
            if (!vocabulary.TryGetValue(right, out int rightId)) throw Missing(right);
            if (!ids.TryGetValue(string.Concat(left, right), out int merged)) throw Missing(left + right);
            table.Set(leftId, rightId, rank, merged);
            rank++;

            TokenizerFormatException Missing(string token) => _json.Error(
                $"model.merges[{rank}] joins {Shown(left)} and {Shown(right)}, but model.vocab has no {Shown(token)}. " +
                "The two lists belong to different files; fetch the file again.");
        }
        return table;
    }

    /// <summary>A merge is written as "a b" in older files and as ["a", "b"] in newer ones.</summary>
    private (string Left, string Right) ReadPair(JsonElement merge, int index)
    {
        string place = $"model.merges[{index}]";
        if (merge.ValueKind == JsonValueKind.Array && merge.GetArrayLength() == 2) return (_json.Text(merge[0], place), _json.Text(merge[1], place));
        if (merge.ValueKind == JsonValueKind.String && _json.Text(merge, place).Split(' ', 3) is [{ Length: > 0 } left, { Length: > 0 } right])
            return (left, right);
        throw _json.Error($"{place} is {Shown(merge.GetRawText())}, but \"a b\" or [\"a\", \"b\"] is expected. Fetch the file again.");
    }

    private (List<AddedToken> Tokens, HashSet<int> Normalized) ReadAddedTokens(
        JsonElement root, Dictionary<string, int> vocabulary, Dictionary<int, string> tokenOfId)
    {
        var byId = new SortedDictionary<int, AddedToken>();
        var texts = new HashSet<string>(StringComparer.Ordinal);
        var normalized = new HashSet<int>();
        IEnumerable<JsonElement> list = _json.Optional(root, "", "added_tokens", JsonValueKind.Array)?.EnumerateArray() ?? Enumerable.Empty<JsonElement>();
        foreach ((int i, JsonElement item) in list.Index())
        {
            if (i == AddedToken.Most) throw _json.Error($"added_tokens has more than {AddedToken.Most:N0} entries, the most that are read.");
            string place = $"added_tokens[{i}]";
            JsonElement entry = _json.Object(item, place);
            int id = _json.TokenId(_json.Required(entry, place, "id", Number), place);
            string text = _json.Text(_json.Required(entry, place, "content", JsonValueKind.String), place);
            RequireLength(text, place, AddedToken.Longest);
            if (text.Length == 0) throw _json.Error($"{place} (id {id}) has no text, but an added token is recognized by its text. Fetch the file again.");
            foreach (string flag in (ReadOnlySpan<string>)["lstrip", "rstrip", "single_word"])
            {
                if (_json.Flag(entry, place, flag))
                    throw _json.Error($"{place} {Shown(text)} has {flag} on, but only tokens that are recognized anywhere and strip nothing are supported.");
            }
            if (!byId.TryAdd(id, new AddedToken(id, text, _json.Flag(entry, place, "special"))) || !texts.Add(text))
                throw _json.Error($"{place} repeats the id {id} or the text {Shown(text)}, but each id stands for one token. Fetch the file again.");
            if (tokenOfId.TryGetValue(id, out string? other) && other != text)
                throw _json.Error($"{place} gives the id {id} to {Shown(text)}, but in model.vocab it stands for {Shown(other)}. Fetch the file again.");
            if (vocabulary.TryGetValue(text, out int otherId) && otherId != id)
                throw _json.Error($"{place} gives {Shown(text)} the id {id}, but in model.vocab it has the id {otherId}. Fetch the file again.");
            if (_json.Flag(entry, place, "normalized")) normalized.Add(id);
        }
        return ([.. byId.Values], normalized);
    }

    private string RequireLength(string token, string place, int longest = LongestToken) => token.Length <= longest ? token
        : throw _json.Error($"{place} is {Shown(token)}, but no token is longer than {longest:N0}. Check that this is the tokenizer of the model.");

    private static string Shown(string? text) => text is null ? "not named" : Excerpt.Quoted(text);
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
