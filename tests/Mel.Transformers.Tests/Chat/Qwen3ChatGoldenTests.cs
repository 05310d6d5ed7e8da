using System.Text.Json;
using Mel.Testing;
using Mel.Transformers.Chat;
using Mel.Transformers.Tests.Tokenization;
using Mel.Transformers.Tokenization;
using Microsoft.Extensions.AI;

namespace Mel.Transformers.Tests.Chat;

/// <summary>Every conversation of the reference data, as text and, with the real tokenizer, as token ids.</summary>
[TestFixture, Category(ReferenceData.Category)]
public sealed class Qwen3ChatGoldenTests
{
    // One row holds special tokens in its content, which the publisher's template lets through.
    private static readonly ChatTemplateOptions AsPublished = new() { SpecialTokenText = SpecialTokenText.Allow };

    private static string Rows => ReferenceData.Require("golden/tokenizer", "qwen3_chat.jsonl");

    [Test]
    public void Qwen3ChatTemplate_ReferenceConversations_GiveTheSameText()
    {
        var template = new Qwen3ChatTemplate(AsPublished);
        GoldenRows.Check(Rows, row => Render(template, row).Should().Be(row.GetProperty("rendered").GetString()));
    }

    [Test]
    public void Qwen3ChatTemplate_ReferenceConversations_GiveTheSameIds()
    {
        string rows = Rows;
        HuggingFaceTokenizer tokenizer = RealTokenizers.Qwen3.Value;
        var template = new Qwen3ChatTemplate(AsPublished);
        GoldenRows.Check(rows, row => tokenizer.Encode(Render(template, row)).Should().Equal(GoldenRows.Ids(row)));
    }

    private static string Render(Qwen3ChatTemplate template, JsonElement row)
        => template.Render([.. row.GetProperty("messages").EnumerateArray().Select(MessageOf)], new RenderOptions
    {
        Tools = row.GetProperty("tools") is { ValueKind: JsonValueKind.Array } tools ? [.. tools.EnumerateArray()] : [],
        AddGenerationPrompt = row.GetProperty("add_generation_prompt").GetBoolean(),
        EnableThinking = row.GetProperty("enable_thinking") is { ValueKind: not JsonValueKind.Null } thinking ? thinking.GetBoolean() : null,
    });

    private static ChatMessage MessageOf(JsonElement message)
    {
        var result = new ChatMessage(new ChatRole(message.GetProperty("role").GetString()!), message.GetProperty("content").GetString() ?? "");
        if (message.TryGetProperty("reasoning_content", out JsonElement reasoning)) result.Contents.Add(new TextReasoningContent(reasoning.GetString()));
        if (message.TryGetProperty("tool_calls", out JsonElement calls) && calls.ValueKind == JsonValueKind.Array)
        {
            foreach (JsonElement call in calls.EnumerateArray()) result.Contents.Add(CallOf(call));
        }

        return result;
    }

    private static FunctionCallContent CallOf(JsonElement call)
    {
        if (call.TryGetProperty("function", out JsonElement function)) call = function;
        return ToolCalls.Of(call.GetProperty("name").GetString()!, call.GetProperty("arguments"));
    }
}
