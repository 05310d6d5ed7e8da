using System.Text.Json;
using Mel.Runtime;
using Mel.Transformers.Chat;
using Mel.Transformers.Models;
using Mel.Transformers.Tokenization;
using Microsoft.Extensions.AI;

namespace Mel.Transformers;

/// <summary>
/// The tokens that end a response. The files of a folder often disagree: a base model's configuration names the end of text, while its chat template ends a
/// turn by another token. Either ends a response.
/// </summary>
internal static class StopTokens
{
    private const string Answer = "The marked answer", TokenizerFile = "tokenizer_config.json";

    /// <summary>
    /// Those of the configuration and, where the tokenizer knows names of tokens, that of <c>tokenizer_config.json</c> and the one by which the template ends
    /// a turn.
    /// </summary>
    /// <exception cref="ModelConfigException">There are none.</exception>
    public static IReadOnlyList<int> Of(string folder, ModelConfig config, ITokenizer tokenizer, IPromptTemplate? template)
    {
        var stops = new List<int>(config.StopTokenIds);
        if (tokenizer is HuggingFaceTokenizer names)
        {
            Add(names, EndOfText(Path.Combine(folder, TokenizerFile)));
            if (template is not null) Add(names, EndOfTurn(template, names));
        }

        if (stops.Count > 0) return stops;
        throw new ModelConfigException(Path.Combine(folder, ModelConfigFile.FileName), "eos_token_id", "is missing, and no other file of the folder names a " +
            "token that ends a response: every response would run to its limit. Set TransformerPolicyOptions.StopTokenIds, to an empty list if that is meant.");

        void Add(HuggingFaceTokenizer known, string? token)
        {
            if (token is not null && known.TryGetId(token, out int id) && id < config.VocabularySize && !stops.Contains(id)) stops.Add(id);
        }
    }

    // A string, or an object that holds it.
    private static string? EndOfText(string path)
    {
        if (!Path.Exists(path)) return null;
        FileFault fault = (problem, inner) => new TokenizerFormatException(path, problem, inner);
        using JsonDocument document = UntrustedJson.ReadObject(path, FileLimits.TokenizerBytes, fault, FileLimits.TokenizerValues, duplicates: true);
        if (!document.RootElement.TryGetProperty("eos_token", out JsonElement token)) return null;
        if (token.ValueKind == JsonValueKind.Object && token.TryGetProperty("content", out JsonElement content)) token = content;
        return token.ValueKind == JsonValueKind.String ? token.GetString() : null;
    }

    // The added token that stands behind an answer when another question follows.
    private static string? EndOfTurn(IPromptTemplate template, HuggingFaceTokenizer tokenizer)
    {
        string text;
        try
        {
            text = template.Render([new(ChatRole.User, "Hello"), new(ChatRole.Assistant, Answer), new(ChatRole.User, "Go on")]);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException or InvalidOperationException or FormatException)
        {
            return null;     // a template of one message, or one that takes no such conversation
        }

        int at = text.LastIndexOf(Answer, StringComparison.Ordinal);
        if (at < 0) return null;
        string rest = text[(at + Answer.Length)..].TrimStart();
        return tokenizer.AddedTokens.Where(token => rest.StartsWith(token.Text, StringComparison.Ordinal)).MaxBy(token => token.Text.Length)?.Text;
    }
}
