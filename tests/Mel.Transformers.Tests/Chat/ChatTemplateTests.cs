using System.Text.Json;
using Mel.Transformers.Chat;
using Mel.Transformers.Templates;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;

namespace Mel.Transformers.Tests.Chat;

/// <summary>What a template sees of a conversation.</summary>
[TestFixture]
public sealed class ChatTemplateTests
{
    /// <summary>Shows every message and variable as JSON.</summary>
    private const string All = "{{ messages|tojson }}{{ tools|tojson }}{{ documents|tojson }}{{ add_generation_prompt }}";

    private const string Turns = "{{ bos_token }}{% for message in messages %}<|im_start|>{{ message.role }}\n{{ message.content }}<|im_end|>\n{% endfor %}" +
        "{% if add_generation_prompt %}<|im_start|>assistant\n{% if enable_thinking is false %}<think>\n\n</think>\n\n{% endif %}{% endif %}";

    private static readonly JsonElement Tool = Json("""{"type":"function","function":{"name":"get","parameters":{"x":[1,2.50,1e-7,1e16,-0.0,true,null],"é":"\u0001\"\\/\u007f<"}}}""");

    private static ChatMessage System(string content) => new(ChatRole.System, content);
    private static ChatMessage User(string content) => new(ChatRole.User, content);
    private static ChatMessage Assistant(string content, params FunctionCallContent[] calls) => new(ChatRole.Assistant, [new TextContent(content), .. calls]);
    private static JsonElement Json(string text) => JsonDocument.Parse(text).RootElement;

    [Test]
    public void Render_Turns_AreWrittenAsTheTemplateSays()
    {
        var options = new ChatTemplateOptions { Variables = new Dictionary<string, object?> { ["bos_token"] = "<s>" } };
        ChatTemplate.Parse(Turns, options).Render([System(" Be brief. "), User(" Hi\n"), Assistant("Yes."), User("q")]).Should().Be(
            "<s><|im_start|>system\n Be brief. <|im_end|>\n<|im_start|>user\n Hi\n<|im_end|>\n<|im_start|>assistant\nYes.<|im_end|>\n<|im_start|>user\nq<|im_end|>\n" +
            "<|im_start|>assistant\n");
        ChatTemplate.Parse(Turns).Render("x").Should().Be("<|im_start|>user\nx<|im_end|>\n<|im_start|>assistant\n", "an unknown token is nothing");
    }

    [Test]
    public void Render_ContentsOfAMessage_AreItsMembers()
    {
        ChatMessage[] messages =
        [
            User("q"),
            new(ChatRole.Assistant, [new TextReasoningContent("r1"), new TextReasoningContent(" r2"), new TextContent("a"), new TextContent("b"),
                ToolCalls.Of("get", Json("""{"y":[1,{"z":2.50}]}"""), "c1"), ToolCalls.Of("raw", Json("\"{}\""))]),
            new(ChatRole.Tool, [new FunctionResultContent("c1", 1), new FunctionResultContent("c2", Json("""{"v":[1,2]}"""))]),
            new(ChatRole.User, "named") { AuthorName = "Ann", AdditionalProperties = new AdditionalPropertiesDictionary { ["mood"] = "good", ["n"] = 7 } },
        ];
        ChatTemplate.Parse(All).Render(messages).Should().Be(
            """[{"role": "user", "content": "q"}, {"role": "assistant", "content": "ab", "reasoning_content": "r1 r2", "tool_calls": [""" +
            """{"type": "function", "id": "c1", "function": {"name": "get", "arguments": {"y": [1, {"z": 2.5}]}}}, {"type": "function", "function": {"name": "raw", "arguments": "{}"}}]}, """ +
            """{"role": "tool", "name": "get", "tool_call_id": "c1", "content": "1"}, {"role": "tool", "tool_call_id": "c2", "content": "{\"v\": [1, 2]}"}, """ +
            """{"role": "user", "name": "Ann", "content": "named", "mood": "good", "n": 7}]nullnullTrue""");
    }

    [Test]
    public void Render_ToolsAndVariables_ReachTheTemplate()
    {
        var options = new RenderOptions
        {
            Tools = [Tool],
            AddGenerationPrompt = false,
            EnableThinking = true,
            Variables = new Dictionary<string, object?> { ["documents"] = new[] { "d1" }, ["effort"] = "high", ["n"] = 2, ["on"] = true, ["f"] = 0.5 },
        };
        ChatTemplate.Parse(All + "{{ effort }}{{ n + 1 }}{{ on }}{{ f }}{{ enable_thinking }}").Render([User("q")], options).Should().Be(
            """[{"role": "user", "content": "q"}][{"type": "function", "function": {"name": "get", "parameters": {"x": [1, 2.5, 1e-07, 1e+16, -0.0, true, null], "é": "\u0001\"\\/""" +
            "\u007f" + """<"}}}]["d1"]Falsehigh3True0.5True""");
    }

    [Test]
    public void Render_ThinkingSwitch_IsThatOfTheConversationThenThatOfTheOptions()
    {
        var off = new ChatTemplateOptions { EnableThinking = false };
        ChatTemplate.Parse(Turns, off).Render("x").Should().EndWith("assistant\n<think>\n\n</think>\n\n");
        ChatTemplate.Parse(Turns, off).Render([User("x")], new RenderOptions { EnableThinking = true }).Should().EndWith("assistant\n");
        ChatTemplate.Parse("{{ enable_thinking is defined }}").Render("x").Should().Be("False");
    }

    [Test]
    public void Render_SystemMessageOfTheOptions_GivesWayToThatOfTheConversation()
    {
        ChatTemplate template = ChatTemplate.Parse(Turns, new ChatTemplateOptions { SystemMessage = "S" });
        template.Render("x").Should().StartWith("<|im_start|>system\nS<|im_end|>\n<|im_start|>user\n");
        template.Render([System("T"), User("x")]).Should().StartWith("<|im_start|>system\nT<|im_end|>\n<|im_start|>user\n");
    }

    [Test]
    public void Render_Date_IsThatOfTheClock()
    {
        var options = new ChatTemplateOptions { Time = new Templates.FixedClock(new DateTimeOffset(2026, 3, 5, 23, 0, 0, TimeSpan.Zero)) };
        ChatTemplate.Parse("{{ strftime_now('%d %B %Y') }}", options).Render("x").Should().Be("05 March 2026");
    }

    [Test]
    public void Render_WhatTheModelCannotTake_IsATypedError()
    {
        ChatTemplate template = ChatTemplate.Parse(Turns);
        FluentActions.Invoking(() => template.Render([])).Should().Throw<ArgumentException>().WithMessage("*no message*");
        FluentActions.Invoking(() => template.Render([new ChatMessage(new ChatRole("critic"), "q")])).Should().Throw<NotSupportedException>().WithMessage("*critic*");
        ChatTemplate.Parse("{% if messages[0].role == 'critic' %}c{% endif %}").Render([new ChatMessage(new ChatRole("critic"), "q")])
            .Should().Be("c", "the template names the role");
        FluentActions.Invoking(() => template.Render([new ChatMessage(ChatRole.User, [new FunctionResultContent("", "1")])]))
            .Should().Throw<NotSupportedException>().WithMessage("message 1 (user)*role tool*");
        FluentActions.Invoking(() => template.Render([new ChatMessage(ChatRole.User, [new UriContent("http://a/b.png", "image/png")])]))
            .Should().Throw<NotSupportedException>().WithMessage("message 1 (user)*UriContent*");
        FluentActions.Invoking(() => template.Render([User("q")], new RenderOptions { Tools = [Json("7")] }))
            .Should().Throw<OptionsValidationException>().WithMessage("*Tools*number*");
        FluentActions.Invoking(() => template.Render([User("q")], new RenderOptions { Variables = new Dictionary<string, object?> { ["messages"] = 1 } }))
            .Should().Throw<OptionsValidationException>().WithMessage("*'messages'*");
        FluentActions.Invoking(() => new RawPromptTemplate().Render([System("s"), User("q")])).Should().Throw<NotSupportedException>().WithMessage("*2 messages*");
        FluentActions.Invoking(() => ChatTemplate.Parse("{{ raise_exception('Roles must alternate') }}").Render("x"))
            .Should().Throw<TemplateException>().WithMessage("*line 1*Roles must alternate*").Which.IsRefusal.Should().BeTrue();
        FluentActions.Invoking(() => ChatTemplate.Parse("{% if %}")).Should().Throw<TemplateException>().WithMessage("*line 1, column 7*");
    }
}
