using System.Text.Json;
using static System.Text.Json.JsonValueKind;
using static Mel.Transformers.Tokenization.TokenizerJson;

namespace Mel.Transformers.Tokenization;

/// <summary>Reads the added tokens of a tokenizer file.</summary>
/// <param name="json">The file.</param>
internal sealed class AddedTokenReader(TokenizerJson json)
{
    /// <summary>The added tokens, by rising id.</summary>
    /// <param name="root">The file's root.</param>
    /// <param name="vocabulary">The model's tokens and ids.</param>
    /// <param name="tokenOfId">The same by id.</param>
    public List<AddedTokenRule> Read(JsonElement root, Dictionary<string, int> vocabulary, IReadOnlyDictionary<int, string> tokenOfId)
    {
        var byId = new SortedDictionary<int, AddedTokenRule>();
        var texts = new HashSet<string>(StringComparer.Ordinal);
        IEnumerable<JsonElement> list = json.Optional(root, "", "added_tokens", JsonValueKind.Array)?.EnumerateArray() ?? Enumerable.Empty<JsonElement>();
        foreach ((int i, JsonElement item) in list.Index())
        {
            if (i == AddedToken.Most) throw json.Error($"added_tokens has more than {AddedToken.Most:N0} entries, the most that are read.");
            string place = $"added_tokens[{i}]";
            AddedTokenRule rule = ReadRule(json.Object(item, place), place);
            (int id, string text) = (rule.Token.Id, rule.Token.Text);
            if (!byId.TryAdd(id, rule) || !texts.Add(text))
                throw json.Error($"{place} repeats the id {id} or the text {Shown(text)}, but each id stands for one token. Fetch the file again.");
            if (tokenOfId.TryGetValue(id, out string? other) && other != text)
                throw json.Error(
                    $"{place} gives the id {id} to {Shown(text)}, but in model.vocab it stands for {Shown(other)}. Fetch the file again.");
            if (vocabulary.TryGetValue(text, out int otherId) && otherId != id)
                throw json.Error($"{place} gives {Shown(text)} the id {id}, but in model.vocab it has the id {otherId}. Fetch the file again.");
        }
        return [.. byId.Values];
    }

    private AddedTokenRule ReadRule(JsonElement entry, string place)
    {
        int id = json.TokenId(json.Required(entry, place, "id", Number), place);
        string text = json.Text(json.Required(entry, place, "content", JsonValueKind.String), place);
        json.RequireLength(text, place, AddedToken.Longest);
        if (text.Length == 0) throw json.Error($"{place} (id {id}) has no text, but an added token is recognized by its text. Fetch the file again.");
        return new AddedTokenRule(
            new AddedToken(id, text, json.Flag(entry, place, "special")),
            json.Flag(entry, place, "normalized"),
            json.Flag(entry, place, "lstrip"),
            json.Flag(entry, place, "rstrip"),
            json.Flag(entry, place, "single_word"));
    }
}
