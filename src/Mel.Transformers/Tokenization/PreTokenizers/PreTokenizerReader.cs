using System.Text.Json;
using Mel.Transformers.Expressions;
using static System.Text.Json.JsonValueKind;
using static Mel.Transformers.Tokenization.TokenizerJson;

namespace Mel.Transformers.Tokenization.PreTokenizers;

/// <summary>Reads the pre-tokenizer of a tokenizer file.</summary>
/// <param name="json">The file.</param>
internal sealed class PreTokenizerReader(TokenizerJson json)
{
    private const string Supported =
        "ByteLevel, Metaspace, Split, Digits, Punctuation, Whitespace, WhitespaceSplit, CharDelimiterSplit and a Sequence of these are supported";

    /// <summary>The expression of GPT-2, which ByteLevel splits by on its own.</summary>
    private const string ByteLevelPattern = @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";

    private readonly PreTokenizerPlan _plan = new();

    /// <summary>Reads it.</summary>
    /// <param name="root">The file's root.</param>
    public PreTokenizerPlan Read(JsonElement root)
    {
        foreach ((JsonElement part, string place) in json.Parts(root, "pre_tokenizer", "pretokenizers")) Add(part, place);
        return _plan;
    }

    private void Add(JsonElement part, string place)
    {
        string? type = json.Text(part, place, "type");
        switch (type)
        {
            case "ByteLevel": AddByteLevel(part, place); break;
            case "Metaspace": AddMetaspace(part, place); break;
            case "Split": AddSplit(part, place); break;
            case "Digits":
                Split(Expression.One(UnicodeProperties.IsNumber),
                    json.RequiredFlag(part, place, "individual_digits") ? SplitBehavior.Isolated : SplitBehavior.Contiguous);
                break;
            case "Punctuation": Split(Expression.One(UnicodeProperties.IsPunctuation), Behavior(part, place, SplitBehavior.Isolated)); break;
            case "Whitespace":
                Split(Expression.Runs(UnicodeProperties.IsWord, c => !UnicodeProperties.IsWord(c) && !UnicodeProperties.IsWhiteSpace(c)), SplitBehavior.Removed,
                    invert: true);
                break;
            case "WhitespaceSplit": Split(Expression.One(UnicodeProperties.IsWhiteSpace), SplitBehavior.Removed); break;
            case "CharDelimiterSplit":
                char delimiter = json.Character(part, place, "delimiter");
                Split(Expression.One(c => c == delimiter), SplitBehavior.Removed);
                break;
            default: throw json.Error($"The pre_tokenizer {place} is {Shown(type)}, but only {Supported}.");
        }
    }

    private void AddByteLevel(JsonElement part, string place)
    {
        if (json.RequiredFlag(part, place, "add_prefix_space")) _plan.Add(next => new PrefixStep(next));
        if (json.Optional(part, place, "use_regex", True, False) is not { ValueKind: False })
            Split(json.Expression(ByteLevelPattern, place), SplitBehavior.Isolated);
        _plan.AddBytes();
    }

    private void AddMetaspace(JsonElement part, string place)
    {
        char space = json.Character(part, place, "replacement");
        string scheme = json.Text(part, place, "prepend_scheme") ?? "always";
        PrependScheme prepends = scheme switch
        {
            "always" => PrependScheme.Always,
            "first" => PrependScheme.First,
            "never" => PrependScheme.Never,
            _ => throw json.Error($"{place}.prepend_scheme is {Shown(scheme)}, but 'always', 'first' or 'never' is expected. Fetch the file again."),
        };
        if (json.Optional(part, place, "add_prefix_space", True, False) is { ValueKind: False } && prepends != PrependScheme.Never)
            throw json.Error($"{place}.add_prefix_space is off, but prepend_scheme is {Shown(scheme)}; 'never' belongs to it. Set it in the file.");
        if (prepends == PrependScheme.First) _plan.AskForStart();
        _plan.Add(next => new MetaspaceStep(space, prepends, next));
        if (json.Optional(part, place, "split", True, False) is not { ValueKind: False })
            Split(Expression.One(c => c == space), SplitBehavior.MergedWithNext);
    }

    private void AddSplit(JsonElement part, string place)
    {
        SplitBehavior behavior = Behavior(part, place, null);
        bool invert = json.RequiredFlag(part, place, "invert");
        Expression pattern = json.Pattern(part, place);
        bool takesMatches = invert ? behavior == SplitBehavior.Removed : behavior == SplitBehavior.Isolated;
        if (takesMatches && WordSplitter.DigitsOf(json.Text(part.GetProperty("pattern"), $"{place}.pattern", "Regex")) is { } digits)
            _plan.Add(next => new WordStep(new WordSplitter(digits), next));
        else Split(pattern, behavior, invert);
    }

    private void Split(Expression pattern, SplitBehavior behavior, bool invert = false)
        => _plan.Add(next => new SplitStep(pattern, behavior, invert, next));

    private SplitBehavior Behavior(JsonElement part, string place, SplitBehavior? otherwise)
    {
        string? name = json.Text(part, place, "behavior");
        if (name is null && otherwise is { } given) return given;
        return Enum.GetNames<SplitBehavior>().Contains(name) ? Enum.Parse<SplitBehavior>(name!)
            : throw json.Error($"{place}.behavior is {Shown(name)}, but {string.Join(", ", Enum.GetNames<SplitBehavior>())} are supported.");
    }
}
