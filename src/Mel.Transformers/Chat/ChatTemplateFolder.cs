using System.Text.Json;
using Mel.Runtime;
using Mel.Transformers.Templates;
using Mel.Transformers.Tokenization;
using static System.Text.Json.JsonValueKind;

namespace Mel.Transformers.Chat;

/// <summary>What the files of a model's folder say about prompts. The folder is not trusted; a template in it reaches nothing but the conversation.</summary>
internal sealed class ChatTemplateFolder
{
    /// <summary>The name of the template that is used where none is asked for.</summary>
    public const string DefaultName = "default";

    private const string ConfigName = "tokenizer_config.json", TemplateName = "chat_template.jinja", OthersName = "additional_chat_templates";
    private const string TokensName = "special_tokens_map.json", End = ".jinja";

    /// <summary>The most templates of a folder.</summary>
    private const int MostTemplates = 64;

    private readonly string _folder;
    private readonly Dictionary<string, (string File, string Text)> _templates = new(StringComparer.Ordinal);
    private readonly JsonElement? _config;
    private readonly Lazy<JsonElement?> _tokenizer;

    private ChatTemplateFolder(string folder)
    {
        _folder = folder;
        string config = Path.Combine(folder, ConfigName), template = Path.Combine(folder, TemplateName), others = Path.Combine(folder, OthersName);
        _config = ReadRoot(config);
        _tokenizer = new Lazy<JsonElement?>(() => ReadRoot(Path.Combine(folder, TokenizerFile.Name)));
        if (_config is { } root) AddTemplatesOf(config, root);
        if (Path.Exists(template))
        {
            _templates.Clear();
            _templates[DefaultName] = (template, ReadText(template));
        }

        if (!Directory.Exists(others)) return;
        foreach (string file in Directory.EnumerateFiles(others, "*" + End).Order(StringComparer.Ordinal).Take(MostTemplates))
            _templates[Path.GetFileName(file)[..^End.Length]] = (file, ReadText(file));
    }

    /// <summary>Whether the folder has a chat template.</summary>
    public bool HasChatTemplate => _templates.Count > 0;

    /// <summary>The token that the tokenizer puts before a text, as text, or nothing.</summary>
    public string BeginOfText
    {
        get
        {
            if (_config is { } config && config.TryGetProperty("add_bos_token", out JsonElement adds) && adds.ValueKind is True or False)
                return adds.ValueKind == True && config.TryGetProperty("bos_token", out JsonElement bos) ? TextOf(bos) : "";
            return _tokenizer.Value is { } root && root.TryGetProperty("post_processor", out JsonElement processor) ? FirstSpecialToken(processor) : "";
        }
    }

    /// <summary>Opens a folder.</summary>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    public static ChatTemplateFolder Open(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        if (!Directory.Exists(folder))
            throw new DirectoryNotFoundException($"'{folder}' does not exist: a model's folder, with its {ConfigName} or {TemplateName}, is expected.");
        return new ChatTemplateFolder(folder);
    }

    /// <summary>The chat template of the folder, with the special tokens of its tokenizer.</summary>
    public ChatTemplate CreateChatTemplate(ChatTemplateOptions? options)
    {
        if (_templates.Count == 0) throw new ChatTemplateNotFoundException(_folder);
        options = WithTokens(options);
        string name = options.TemplateName ?? DefaultName;
        if (!_templates.ContainsKey(name))
            throw new TokenizerFormatException(_templates.First().Value.File, $"There is no chat template named {Excerpt.Quoted(name)}; the folder has " +
                $"{string.Join(", ", _templates.Keys.Order(StringComparer.Ordinal).Take(8).Select(one => Excerpt.Quoted(one)))}. " +
                "Set TemplateName to one of them.");
        return new ChatTemplate(_templates.ToDictionary(one => one.Key, one => Parsed(one.Value.File, one.Value.Text), StringComparer.Ordinal), options);
    }

    /// <summary>The options with the tokens of the folder's tokenizer: those that templates name, and those that messages may not hold.</summary>
    public ChatTemplateOptions WithTokens(ChatTemplateOptions? options)
    {
        options = OptionRules.Checked(options, ChatTemplateOptionsValidator.WithTurns);
        (string Text, bool Special)[] tokens = options.SpecialTokenText == SpecialTokenText.Allow ? [] : [.. AddedTokens()];
        Dictionary<string, object?> variables = NamedTokens();
        string[] named = options.SpecialTokenText == SpecialTokenText.Allow ? [] : [.. variables.Values.OfType<string>().Where(text => text.Length > 0)];
        foreach ((string name, object? value) in options.Variables) variables[name] = value;
        return new ChatTemplateOptions
        {
            SystemMessage = options.SystemMessage,
            EnableThinking = options.EnableThinking,
            TemplateName = options.TemplateName,
            Time = options.Time,
            Variables = variables,
            SpecialTokenText = options.SpecialTokenText,
            SpecialTokens = [.. options.SpecialTokens, .. named, .. tokens.Where(token => token.Special).Select(token => token.Text)],
            MarkerTokens = [.. options.MarkerTokens, .. tokens.Where(token => !token.Special).Select(token => token.Text).Except(named)],
        };
    }

    private static Template Parsed(string file, string text)
    {
        try
        {
            return Template.Parse(text);
        }
        catch (TemplateException error)
        {
            throw new TokenizerFormatException(file, $"{error.Message}. Mend the template, or fetch it again.", error);
        }
    }

    private static string ReadText(string file) => UntrustedText.Read(file, FileLimits.TemplateBytes, (problem, inner) => new TokenizerFormatException(file,
        $"{char.ToUpperInvariant(problem[0])}{problem.AsSpan(1)} Fetch the template again.", inner));

    private static JsonElement? ReadRoot(string file)
    {
        if (!Path.Exists(file)) return null;
        using JsonDocument document = new TokenizerJson(file).Read();
        return document.RootElement.Clone();
    }

    /// <summary>A <c>chat_template</c> is one text, or a list of named ones.</summary>
    private void AddTemplatesOf(string file, JsonElement config)
    {
        var json = new TokenizerJson(file);
        if (json.Optional(config, "", "chat_template", JsonValueKind.String, JsonValueKind.Array) is not { } value) return;
        if (value.ValueKind == JsonValueKind.String)
        {
            _templates[DefaultName] = (file, json.Text(value, "chat_template"));
            return;
        }

        if (value.GetArrayLength() > MostTemplates) throw json.Error($"chat_template has more than {MostTemplates} entries, the most that are read.");
        foreach ((int i, JsonElement entry) in value.EnumerateArray().Index())
        {
            string place = $"chat_template[{i}]";
            string name = json.Text(json.Required(json.Object(entry, place), place, "name", JsonValueKind.String), place);
            _templates[name] = (file, json.Text(json.Required(entry, place, "template", JsonValueKind.String), place));
        }
    }

    /// <summary>The tokens that the tokenizer has names for: <c>bos_token</c>, <c>eos_token</c> and so on.</summary>
    private Dictionary<string, object?> NamedTokens()
    {
        var tokens = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (JsonElement? source in (JsonElement?[])[ReadRoot(Path.Combine(_folder, TokensName)), _config])
        {
            if (source is not { } root) continue;
            AddAll(root);
            if (root.TryGetProperty("extra_special_tokens", out JsonElement extra) && extra.ValueKind == JsonValueKind.Object) AddAll(extra);
        }

        return tokens;

        void AddAll(JsonElement members)
        {
            foreach (JsonProperty member in members.EnumerateObject())
            {
                if (tokens.Count < MostTemplates && member.Name.EndsWith("_token", StringComparison.Ordinal)
                    && TextOf(member.Value) is { Length: > 0 and <= AddedToken.Longest } text)
                    tokens[member.Name] = text;
            }
        }
    }

    private IEnumerable<(string Text, bool Special)> AddedTokens()
    {
        var config = new TokenizerJson(Path.Combine(_folder, ConfigName));
        if (_config is { } root && config.Optional(root, "", "added_tokens_decoder", JsonValueKind.Object) is { } decoder)
            return decoder.EnumerateObject().Select((member, i) => AddedTokenOf(config, member.Value, "added_tokens_decoder", i));
        var tokenizer = new TokenizerJson(Path.Combine(_folder, TokenizerFile.Name));
        return _tokenizer.Value is { } tokens && tokenizer.Optional(tokens, "", "added_tokens", JsonValueKind.Array) is { } list
            ? list.EnumerateArray().Select((entry, i) => AddedTokenOf(tokenizer, entry, "added_tokens", i))
            : [];
    }

    private static (string Text, bool Special) AddedTokenOf(TokenizerJson json, JsonElement entry, string list, int index)
    {
        if (index == AddedToken.Most) throw json.Error($"{list} has more than {AddedToken.Most:N0} entries, the most that are read.");
        string place = $"{list}[{index}]";
        string text = json.Text(json.Object(entry, place), place, "content") ?? "";
        if (text.Length is 0 or > AddedToken.Longest)
            throw json.Error($"{place} is {Excerpt.Quoted(text)}, but a token has 1 to {AddedToken.Longest:N0} characters. Fetch the file again.");
        return (text, json.Flag(entry, place, "special"));
    }

    private static string FirstSpecialToken(JsonElement processor)
    {
        if (processor.ValueKind != JsonValueKind.Object) return "";
        if (processor.TryGetProperty("processors", out JsonElement list) && list.ValueKind == JsonValueKind.Array)
            return list.EnumerateArray().Select(FirstSpecialToken).FirstOrDefault(token => token.Length > 0, "");
        return processor.TryGetProperty("single", out JsonElement single) && single.ValueKind == JsonValueKind.Array && single.GetArrayLength() > 0 &&
            single[0].ValueKind == JsonValueKind.Object && single[0].TryGetProperty("SpecialToken", out JsonElement token) &&
            token.ValueKind == JsonValueKind.Object && token.TryGetProperty("id", out JsonElement id) ? TextOf(id) : "";
    }

    /// <summary>A token is written as its text, or as an object that holds it.</summary>
    private static string TextOf(JsonElement token) => token.ValueKind switch
    {
        JsonValueKind.String => token.GetString() ?? "",
        JsonValueKind.Object when token.TryGetProperty("content", out JsonElement content) && content.ValueKind == JsonValueKind.String
            => content.GetString() ?? "",
        _ => "",
    };
}

/// <summary>A model's folder has no chat template, as is usual for a base model.</summary>
public sealed class ChatTemplateNotFoundException : FileNotFoundException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="folder">The folder.</param>
    public ChatTemplateNotFoundException(string folder)
        : base($"'{folder}' has no chat template: a chat_template.jinja, or a tokenizer_config.json with a chat_template, is expected. " +
            "If the model is a base model, use RawPromptTemplate, or PromptTemplates.FromFolder, which falls back to it.", folder)
    {
    }
}
