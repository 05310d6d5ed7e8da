using System.Text.Json;
using Mel.Runtime;
using static System.Text.Json.JsonValueKind;
using static Mel.Transformers.Tokenization.TokenizerJson;

namespace Mel.Transformers.Tokenization;

/// <summary>Reads the model of a tokenizer file: vocabulary, merges and switches of byte-pair encoding.</summary>
/// <param name="json">The file.</param>
internal sealed class BytePairModelReader(TokenizerJson json)
{
    private readonly Dictionary<int, string> _tokenOfId = [];

    /// <summary>The tokens of the vocabulary that was read, by id.</summary>
    public IReadOnlyDictionary<int, string> TokenOfId => _tokenOfId;

    /// <summary>Reads the model.</summary>
    /// <param name="root">The file's root.</param>
    public BytePairModel Read(JsonElement root)
    {
        JsonElement model = json.Required(root, "", "model", JsonValueKind.Object);
        RequireBytePairs(model);
        Dictionary<string, int> vocabulary = ReadVocabulary(model);
        MergeTable merges = ReadMerges(model, vocabulary);
        return new BytePairModel(vocabulary, merges, json.Flag(model, "model", "ignore_merges"), json.Flag(model, "model", "byte_fallback"),
            ReadUnknown(model, vocabulary), json.Flag(model, "model", "fuse_unk"));
    }

    private void RequireBytePairs(JsonElement model)
    {
        // Files from before 2023 leave the type out; a list of merges then tells BPE.
        string? type = json.Text(model, "model", "type") ?? (model.TryGetProperty("merges", out _) ? "BPE" : null);
        if (type != "BPE") throw json.Error($"The model is {Shown(type)}, but BPE is supported. Use a model whose tokenizer.json holds a BPE.");
        foreach (string name in (ReadOnlySpan<string>)["continuing_subword_prefix", "end_of_word_suffix"])
        {
            if (json.Text(model, "model", name) is { Length: > 0 } affix)
                throw json.Error($"model.{name} is {Shown(affix)}, but none is supported. Use a model whose tokens are joined without one.");
        }
        if (json.Optional(model, "model", "dropout", Number) is { } dropout && dropout.GetDouble() != 0)
            throw json.Error($"model.dropout is {Excerpt.Of(dropout.GetRawText())}, but none is supported: token ids would be random. Set it to null.");
    }

    private int ReadUnknown(JsonElement model, Dictionary<string, int> vocabulary)
    {
        if (json.Text(model, "model", "unk_token") is not { } unknown) return -1;
        return vocabulary.TryGetValue(unknown, out int id) ? id
            : throw json.Error($"model.unk_token is {Shown(unknown)}, but model.vocab has no such token. Fetch the file again.");
    }

    private Dictionary<string, int> ReadVocabulary(JsonElement model)
    {
        JsonElement vocab = json.Required(model, "model", "vocab", JsonValueKind.Object);
        int count = vocab.GetPropertyCount();
        var vocabulary = new Dictionary<string, int>(count, StringComparer.Ordinal);
        _tokenOfId.EnsureCapacity(count);
        foreach (JsonProperty entry in vocab.EnumerateObject())
        {
            string token = json.RequireLength(entry.Name, "a token of model.vocab");
            int id = json.TokenId(entry.Value, $"The token {Shown(token)} of model.vocab");
            if (!vocabulary.TryAdd(token, id))
                throw json.Error($"model.vocab lists the token {Shown(token)} twice, but each token has one id. Fetch the file again.");
            if (!_tokenOfId.TryAdd(id, token))
                throw json.Error($"model.vocab gives the id {id} to {Shown(_tokenOfId[id])} and to {Shown(token)}, " +
                    "but each id stands for one token. Fetch the file again.");
        }
        return vocabulary;
    }

    private MergeTable ReadMerges(JsonElement model, Dictionary<string, int> vocabulary)
    {
        JsonElement merges = json.Required(model, "model", "merges", JsonValueKind.Array);
        // A merge is a place where a token can be split in two.
        long splits = vocabulary.Keys.Sum(token => Math.Max(0, token.Length - 1L));
        if (merges.GetArrayLength() > splits)
            throw json.Error($"model.merges has {merges.GetArrayLength():N0} entries, " +
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

            TokenizerFormatException Missing(string token) => json.Error(
                $"model.merges[{rank}] joins {Shown(left)} and {Shown(right)}, but model.vocab has no {Shown(token)}. " +
                "The two lists belong to different files; fetch the file again.");
        }
        return table;
    }

    /// <summary>A merge is written as "a b" in older files and as ["a", "b"] in newer ones.</summary>
    private (string Left, string Right) ReadPair(JsonElement merge, int index)
    {
        string place = $"model.merges[{index}]";
        if (merge.ValueKind == JsonValueKind.Array && merge.GetArrayLength() == 2) return (json.Text(merge[0], place), json.Text(merge[1], place));
        if (merge.ValueKind == JsonValueKind.String && json.Text(merge, place).Split(' ', 3) is [{ Length: > 0 } left, { Length: > 0 } right])
            return (left, right);
        throw json.Error($"{place} is {Shown(merge.GetRawText())}, but \"a b\" or [\"a\", \"b\"] is expected. Fetch the file again.");
    }
}
