using System.Text.Json;
using Mel.Runtime;
using Mel.Transformers.Tokenization;
using static System.Text.Json.JsonValueKind;

namespace Mel.Transformers.Chat;

/// <summary>What the files of a model's folder say about prompts. The folder is not trusted; a template in it is recognized, never run.</summary>
internal sealed class ChatTemplateFolder
{
    private const string ConfigName = "tokenizer_config.json", TemplateName = "chat_template.jinja";

    private readonly string _folder;
    private readonly string _source = "";
    private readonly string? _template;
    private readonly JsonElement? _config;
    private readonly Lazy<JsonElement?> _tokenizer;

    private ChatTemplateFolder(string folder)
    {
        _folder = folder;
        string config = Path.Combine(folder, ConfigName), template = Path.Combine(folder, TemplateName);
        _config = ReadRoot(config);
        _tokenizer = new Lazy<JsonElement?>(() => ReadRoot(Path.Combine(folder, TokenizerFile.Name)));
        if (Path.Exists(template))
        {
            _source = template;
            _template = UntrustedText.Read(template, FileLimits.TemplateBytes, (problem, inner) => new TokenizerFormatException(template,
                $"{char.ToUpperInvariant(problem[0])}{problem.AsSpan(1)} Fetch the template again.", inner));
        }
        else if (_config is { } root) (_source, _template) = (config, TemplateOf(new TokenizerJson(config), root));
    }

    /// <summary>Whether the folder has a chat template.</summary>
    public bool HasChatTemplate => _template is not null;

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

    /// <summary>The template that the folder's text is recognized as.</summary>
    public ChatTemplate CreateChatTemplate(ChatTemplateOptions? options)
    {
        if (_template is null) throw new ChatTemplateNotFoundException(_folder);
        return ChatTemplateRecognition.Create(_template, WithTokens(options)) ?? throw new TokenizerFormatException(_source,
            $"The chat template begins {Excerpt.Quoted(_template)} and is none of those that are built: Qwen3, Qwen2 and Qwen2.5, plain ChatML, " +
            "Llama 3. Derive one from ChatTemplate, or pass the template of a related model.");
    }

    /// <summary>The options with the added tokens of the folder's tokenizer, where they are needed.</summary>
    public ChatTemplateOptions WithTokens(ChatTemplateOptions? options)
    {
        options = OptionRules.Checked(options, ChatTemplateOptionsValidator.WithTurns);
        (string Text, bool Special)[] tokens = options.SpecialTokenText == SpecialTokenText.Allow ? [] : [.. AddedTokens()];
        return new ChatTemplateOptions
        {
            SystemMessage = options.SystemMessage,
            EnableThinking = options.EnableThinking,
            SpecialTokenText = options.SpecialTokenText,
            SpecialTokens = [.. options.SpecialTokens, .. tokens.Where(token => token.Special).Select(token => token.Text)],
            MarkerTokens = [.. options.MarkerTokens, .. tokens.Where(token => !token.Special).Select(token => token.Text)],
        };
    }

    private static JsonElement? ReadRoot(string file)
    {
        if (!Path.Exists(file)) return null;
        using JsonDocument document = new TokenizerJson(file).Read();
        return document.RootElement.Clone();
    }

    /// <summary>A <c>chat_template</c> is one text, or a list of named ones of which the one called "default" counts.</summary>
    private static string? TemplateOf(TokenizerJson json, JsonElement config)
    {
        if (json.Optional(config, "", "chat_template", JsonValueKind.String, JsonValueKind.Array) is not { } value) return null;
        if (value.ValueKind == JsonValueKind.String) return json.Text(value, "chat_template");
        foreach ((int i, JsonElement entry) in value.EnumerateArray().Index())
        {
            string place = $"chat_template[{i}]";
            if (json.Text(json.Object(entry, place), place, "name") == "default")
                return json.Text(json.Required(entry, place, "template", JsonValueKind.String), place);
        }

        throw json.Error("chat_template is a list without an entry named 'default'. Name one of its templates so.");
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
