using System.Text.Json;
using static System.Text.Json.JsonValueKind;
using static Mel.Transformers.Tokenization.TokenizerJson;

namespace Mel.Transformers.Tokenization.Decoders;

/// <summary>Reads the decoder of a tokenizer file.</summary>
/// <param name="json">The file.</param>
internal sealed class DecoderReader(TokenizerJson json)
{
    private const string Supported = "ByteLevel by itself, and Replace, ByteFallback, Fuse, Strip and Metaspace one after another, are supported";

    private const int MostStripped = 1 << 8;

    private readonly List<Func<string, string>> _changes = [];      // of each token by itself
    private readonly List<Func<DecoderStage>> _stages = [];
    private bool _isFused;

    /// <summary>Reads it.</summary>
    /// <param name="root">The file's root.</param>
    /// <param name="tokens">The token of each id, or null where there is none.</param>
    public TokenDecoder Read(JsonElement root, string?[] tokens)
    {
        json.Required(root, "", "decoder", JsonValueKind.Object);
        List<(JsonElement Element, string Place)> parts = [.. json.Parts(root, "decoder", "decoders")];
        if (parts is [var only] && json.Text(only.Element, only.Place, "type") == "ByteLevel") return new ByteLevelDecoder(tokens);
        if (parts.Count == 0) throw json.Error($"The decoder is an empty Sequence, but {Supported}.");
        foreach ((JsonElement part, string place) in parts) Add(part, place);

        var pieces = new string?[tokens.Length];
        for (int id = 0; id < pieces.Length; id++) pieces[id] = tokens[id] is { } token ? _changes.Aggregate(token, (text, change) => change(text)) : null;
        return new PieceDecoder(pieces, _stages);
    }

    private void Add(JsonElement part, string place)
    {
        string? type = json.Text(part, place, "type");
        switch (type)
        {
            case "Replace": AddReplace(part, place); break;
            case "Strip": AddStrip(part, place); break;
            case "Fuse": _isFused = true; break;
            case "ByteFallback" when !_isFused: _stages.Add(() => new ByteFallbackStage()); break;
            case "Metaspace" when !_isFused: AddMetaspace(part, place); break;
            case "ByteFallback" or "Metaspace": throw json.Error($"{place} is {Shown(type)} behind Fuse, but it works on tokens before they are fused.");
            default: throw json.Error($"The decoder {place} is {Shown(type)}, but {Supported}.");
        }
    }

    private void AddReplace(JsonElement part, string place)
    {
        JsonElement pattern = json.Required(part, place, "pattern", JsonValueKind.Object);
        string content = json.Text(json.Required(part, place, "content", JsonValueKind.String), $"{place}.content");
        if (json.Text(pattern, $"{place}.pattern", "String") is not { Length: > 0 } text)
            throw json.Error($"{place}.pattern has no text to replace (String), but a decoder that replaces one text by another is supported.");
        json.RequireLength(text, $"{place}.pattern", AddedToken.Longest);
        json.RequireLength(content, $"{place}.content", AddedToken.Longest);
        if (_isFused && text.Length > 1)
            throw json.Error($"{place} replaces {Shown(text)} in the whole text, but behind Fuse only a single character can be replaced.");
        AddChange(piece => piece.Replace(text, content, StringComparison.Ordinal));
    }

    private void AddStrip(JsonElement part, string place)
    {
        char character = json.Character(part, place, "content");
        (int start, int stop) = (Count(part, place, "start"), Count(part, place, "stop"));
        if (!_isFused)
        {
            AddChange(piece => Stripped(piece, character, start, stop));
            return;
        }
        if (stop > 0) throw json.Error($"{place}.stop is {stop}, but behind Fuse only characters at the start can be stripped.");
        _stages.Add(() => new StripStartStage(character, start));
    }

    private void AddMetaspace(JsonElement part, string place)
    {
        char space = json.Character(part, place, "replacement");
        string scheme = json.Text(part, place, "prepend_scheme") ?? "always";
        bool drops = scheme != "never";
        _stages.Add(() => new MetaspaceStage(space, drops));
    }

    /// <summary>A change of every token by itself is made once, when no stage before it needs to know more than the token.</summary>
    private void AddChange(Func<string, string> change)
    {
        if (_stages.Count == 0) _changes.Add(change);
        else _stages.Add(() => new ChangeStage(change));
    }

    private int Count(JsonElement part, string place, string name)
    {
        JsonElement value = json.Required(part, place, name, Number);
        return value.TryGetInt32(out int count) && count is >= 0 and <= MostStripped ? count
            : throw json.Error($"{place}.{name} is {Shown(value.GetRawText())}, but a whole number from 0 to {MostStripped} is expected.");
    }

    private static string Stripped(string piece, char character, int start, int stop)
    {
        int from = 0, to = piece.Length;
        while (from < to && from < start && piece[from] == character) from++;
        while (to > from && piece.Length - to < stop && piece[to - 1] == character) to--;
        return piece[from..to];
    }
}
