using System.Text.Json;
using Mel.Testing;
using Mel.Transformers.Chat;
using Mel.Transformers.Tests.Tokenization;
using Mel.Transformers.Tokenization;

namespace Mel.Transformers.Tests.Chat;

/// <summary>Every conversation of the reference data, as text and, with the real tokenizer, as token ids.</summary>
[TestFixture, Category(ReferenceData.Category)]
public sealed class Qwen3ChatGoldenTests
{
    private static string Rows => ReferenceData.Require("golden/tokenizer", "qwen3_chat.jsonl");

    [Test]
    public void Qwen3ChatTemplate_ReferenceConversations_GiveTheSameText()
    {
        var template = new Qwen3ChatTemplate();
        GoldenRows.Check(Rows, row => template.Render(ConversationOf(row)).Should().Be(row.GetProperty("rendered").GetString()));
    }

    [Test]
    public void Qwen3ChatTemplate_ReferenceConversations_GiveTheSameIds()
    {
        string rows = Rows;
        HuggingFaceTokenizer tokenizer = RealTokenizers.Qwen3.Value;
        var template = new Qwen3ChatTemplate();
        GoldenRows.Check(rows, row => tokenizer.Encode(template.Render(ConversationOf(row))).Should().Equal(GoldenRows.Ids(row)));
    }

    private static Conversation ConversationOf(JsonElement row) => new([.. row.GetProperty("messages").EnumerateArray().Select(MessageOf)])
    {
        Tools = row.GetProperty("tools") is { ValueKind: JsonValueKind.Array } tools ? [.. tools.EnumerateArray()] : [],
        AddGenerationPrompt = row.GetProperty("add_generation_prompt").GetBoolean(),
        EnableThinking = row.GetProperty("enable_thinking") is { ValueKind: not JsonValueKind.Null } thinking ? thinking.GetBoolean() : null,
    };

    private static ChatMessage MessageOf(JsonElement message) => new(
        Enum.Parse<ChatRole>(message.GetProperty("role").GetString()!, ignoreCase: true), message.GetProperty("content").GetString() ?? "")
    {
        Reasoning = message.TryGetProperty("reasoning_content", out JsonElement reasoning) ? reasoning.GetString() : null,
        ToolCalls = message.TryGetProperty("tool_calls", out JsonElement calls) && calls.ValueKind == JsonValueKind.Array ? [.. calls.EnumerateArray().Select(CallOf)] : [],
    };

    private static ChatToolCall CallOf(JsonElement call)
    {
        if (call.TryGetProperty("function", out JsonElement function)) call = function;
        return new ChatToolCall(call.GetProperty("name").GetString()!, call.GetProperty("arguments").Clone());
    }
}
