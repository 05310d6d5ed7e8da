using System.Text;
using System.Text.Json;
using static Mel.Transformers.Tokenization.TokenizerJson;

namespace Mel.Transformers.Tokenization.Normalizers;

/// <summary>Reads the normalizer of a tokenizer file.</summary>
/// <param name="json">The file.</param>
internal sealed class NormalizerReader(TokenizerJson json)
{
    /// <summary>The most characters that one character may become: text from outside must not fill the memory.</summary>
    private const int MostGrowth = 1 << 10;

    private const string Supported = "NFC, NFD, NFKC, NFKD, Lowercase, StripAccents, Strip, Replace, Prepend, ByteLevel and a Sequence of these are supported";

    /// <summary>The normalizer, or null when text stays as it is.</summary>
    /// <param name="root">The file's root.</param>
    public Normalizer? Read(JsonElement root)
    {
        List<Normalizer> parts =
            [.. json.Parts(root, "normalizer", "normalizers").Select(part => Create(part.Element, part.Place))];
        Normalizer? all = parts.Count switch { 0 => null, 1 => parts[0], _ => new NormalizerSequence(parts) };
        if (all is { Growth: > MostGrowth })
            throw json.Error($"The normalizer can make {all.Growth:N0} characters of one; {MostGrowth:N0} are supported. Check where the file is from.");
        return all;
    }

    private Normalizer Create(JsonElement part, string place)
    {
        string? type = json.Text(part, place, "type");
        return type switch
        {
            "NFC" => new UnicodeFormNormalizer(NormalizationForm.FormC),
            "NFD" => new UnicodeFormNormalizer(NormalizationForm.FormD),
            "NFKC" => new UnicodeFormNormalizer(NormalizationForm.FormKC),
            "NFKD" => new UnicodeFormNormalizer(NormalizationForm.FormKD),
            "Lowercase" => CharacterNormalizer.Lowercase,
            "StripAccents" => CharacterNormalizer.StripAccents,
            "ByteLevel" => CharacterNormalizer.ByteLevel,
            "Strip" => new StripNormalizer(json.RequiredFlag(part, place, "strip_left"), json.RequiredFlag(part, place, "strip_right")),
            "Prepend" => new PrependNormalizer(Content(part, place, "prepend")),
            "Replace" => new ReplaceNormalizer(json.Pattern(part, place), Content(part, place, "content")),
            _ => throw json.Error($"The normalizer {place} is {Shown(type)}, but only {Supported}."),
        };
    }

    private string Content(JsonElement part, string place, string name)
        => json.RequireLength(json.Text(json.Required(part, place, name, JsonValueKind.String), $"{place}.{name}"), $"{place}.{name}", MostGrowth);
}
