using System.Text.Json;
using System.Text.Json.Nodes;
using Mel.Testing;
using Mel.Transformers.Chat;
using Mel.Transformers.Templates;
using Mel.Transformers.Tests.Chat;
using Mel.Transformers.Tests.Tokenization;
using Microsoft.Extensions.AI;

namespace Mel.Transformers.Tests.Templates;

/// <summary>Public chat templates and conversations, through a model's folder and messages of Microsoft.Extensions.AI, against what Jinja2 made of them.</summary>
[TestFixture, Category(ReferenceData.Category)]
public sealed class TemplateGoldenTests
{
    [Test]
    public void Render_ReferenceTemplates_GiveTheReferenceTextsOrRefuse()
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(ReferenceData.Require("golden/templates", "conversations.json")));
        Dictionary<string, JsonElement> conversations = document.RootElement.GetProperty("conversations").EnumerateArray()
            .ToDictionary(one => one.GetProperty("case").GetString()!);
        int texts = 0, refusals = 0;
        GoldenRows.Check(ReferenceData.Require("golden/templates", "templates.jsonl"), row =>
        {
            using var folder = new TokenizerFolder();
            folder.Write("tokenizer_config.json", new JsonObject
            {
                ["bos_token"] = "<BOS>",
                ["eos_token"] = new JsonObject { ["content"] = "<EOS>" },
                ["pad_token"] = "<PAD>",
                ["unk_token"] = "<UNK>",
            }.ToJsonString());
            folder.Write("chat_template.jinja", row.GetProperty("template").GetString()!);
            ChatTemplate template = ChatTemplate.FromFolder(folder.Path, new ChatTemplateOptions
            {
                SpecialTokenText = SpecialTokenText.Allow,
                Time = new FixedClock(new DateTimeOffset(2026, 3, 5, 0, 0, 0, TimeSpan.Zero)),
            });
            foreach (JsonElement rendering in row.GetProperty("renderings").EnumerateArray())
            {
                JsonElement conversation = conversations[rendering.GetProperty("case").GetString()!];
                if (rendering.TryGetProperty("text", out JsonElement expected))
                {
                    Render(template, conversation).Should().Be(expected.GetString(), "{0}", rendering.GetProperty("case"));
                    texts++;
                    continue;
                }

                TemplateException error = FluentActions.Invoking(() => Render(template, conversation)).Should().Throw<TemplateException>().Which;
                if (rendering.GetProperty("raises").GetString() == "template") error.IsRefusal.Should().BeTrue();
                refusals++;
            }
        });
        TestContext.Out.WriteLine($"{texts} texts, {refusals} refusals");
    }

    /// <summary>Qwen3's conversations, as text and, with the real tokenizer, as token ids.</summary>
    [Test]
    public void Render_Qwen3Conversations_GiveTheReferenceTextAndIds()
    {
        string rows = ReferenceData.Require("golden/tokenizer", "qwen3_chat.jsonl");
        ChatTemplate template = ChatTemplate.Parse(Jinja("hfjs/Qwen/Qwen3-0.6B"), new ChatTemplateOptions { SpecialTokenText = SpecialTokenText.Allow });
        GoldenRows.Check(rows, row =>
        {
            string text = template.Render(Messages(row.GetProperty("messages")), new RenderOptions
            {
                Tools = Tools(row),
                AddGenerationPrompt = row.GetProperty("add_generation_prompt").GetBoolean(),
                EnableThinking = row.GetProperty("enable_thinking") is { ValueKind: not JsonValueKind.Null } thinking ? thinking.GetBoolean() : null,
            });
            text.Should().Be(row.GetProperty("rendered").GetString());
        });
    }

    [Test]
    public void Encode_Qwen3Conversations_GivesTheReferenceIds()
    {
        string rows = ReferenceData.Require("golden/tokenizer", "qwen3_chat.jsonl");
        var tokenizer = RealTokenizers.Qwen3.Value;
        GoldenRows.Check(rows, row => tokenizer.Encode(row.GetProperty("rendered").GetString()!).Should().Equal(GoldenRows.Ids(row)));
    }

    [TestCase("chatml-begin-of-text")]
    [TestCase("chatml-system-variable")]
    [TestCase("chatml-trim")]
    [TestCase("deepseek-r1-distill")]
    [TestCase("llama3-system-turn-always")]
    [TestCase("qwen3-reasoning-always-open")]
    public void FromFolder_TemplateThatResemblesAnother_GivesItsOwnText(string name)
    {
        string folder = Path.GetDirectoryName(ReferenceData.Require("cases/models", $"template-{name}", "expected.json"))!;
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "expected.json")));
        ChatTemplate template = ChatTemplate.FromFolder(folder, new ChatTemplateOptions { SpecialTokenText = SpecialTokenText.Allow });
        JsonElement rows = document.RootElement.ValueKind == JsonValueKind.Array ? document.RootElement : document.RootElement.GetProperty("cases");
        rows.GetArrayLength().Should().BePositive();
        foreach (JsonElement row in rows.EnumerateArray())
        {
            bool? thinks = row.TryGetProperty("enable_thinking", out JsonElement thinking) && thinking.ValueKind is JsonValueKind.True or JsonValueKind.False
                ? thinking.GetBoolean() : null;
            template.Render(Messages(row.GetProperty("messages")), new RenderOptions
            {
                AddGenerationPrompt = !row.TryGetProperty("add_generation_prompt", out JsonElement prompt) || prompt.GetBoolean(),
                EnableThinking = thinks,
            }).Should().Be(row.GetProperty("expected").GetString());
        }
    }

    private static string Jinja(string name) => File.ReadLines(ReferenceData.Require("golden/templates", "templates.jsonl"))
        .Select(line => JsonDocument.Parse(line).RootElement).First(row => row.GetProperty("name").GetString() == name).GetProperty("template").GetString()!;

    private static string Render(ChatTemplate template, JsonElement conversation)
        => template.Render(Messages(conversation.GetProperty("messages")), new RenderOptions
        {
            Tools = Tools(conversation),
            AddGenerationPrompt = conversation.GetProperty("add_generation_prompt").GetBoolean(),
            Variables = conversation.GetProperty("variables").EnumerateObject().ToDictionary(one => one.Name, one => (object?)one.Value),
        });

    private static JsonElement[] Tools(JsonElement row) => row.GetProperty("tools") is { ValueKind: JsonValueKind.Array } tools ? [.. tools.EnumerateArray()] : [];

    private static ChatMessage[] Messages(JsonElement messages) => [.. messages.EnumerateArray().Select(MessageOf)];

    private static ChatMessage MessageOf(JsonElement message)
    {
        string content = message.TryGetProperty("content", out JsonElement text) ? text.GetString() ?? "" : "";
        var result = new ChatMessage(new ChatRole(message.GetProperty("role").GetString()!), content);
        if (message.TryGetProperty("tool_call_id", out JsonElement id)) result.Contents = [new FunctionResultContent(id.GetString()!, content)];
        if (message.TryGetProperty("name", out JsonElement name)) result.AuthorName = name.GetString();
        if (message.TryGetProperty("reasoning_content", out JsonElement reasoning)) result.Contents.Add(new TextReasoningContent(reasoning.GetString()));
        if (message.TryGetProperty("tool_calls", out JsonElement calls) && calls.ValueKind == JsonValueKind.Array)
        {
            foreach (JsonElement call in calls.EnumerateArray()) result.Contents.Add(CallOf(call));
        }

        return result;
    }

    private static FunctionCallContent CallOf(JsonElement call)
    {
        string id = call.TryGetProperty("id", out JsonElement given) ? given.GetString() ?? "" : "";
        if (call.TryGetProperty("function", out JsonElement function)) call = function;
        return ToolCalls.Of(call.GetProperty("name").GetString()!, call.GetProperty("arguments"), id);
    }
}
