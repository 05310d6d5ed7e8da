using System.Text.Json;
using Mel.Transformers.Chat;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;

namespace Mel.Transformers.Tests.Chat;

/// <summary>Texts as the published Jinja templates give them.</summary>
[TestFixture]
public sealed class ChatTemplateTests
{
    private const string Tools =
        "# Tools\n\nYou may call one or more functions to assist with the user query.\n\nYou are provided with function signatures within <tools></tools> " +
        "XML tags:\n<tools>\n" +
        "{\"type\": \"function\", \"function\": {\"name\": \"get\", \"parameters\": {\"x\": [1, 2.5, 1e-07, 1e+16, -1.5e+16, -0.0, 1000000000000000.0, 123456789.25, true, null], \"é\": \"\\u0001\\\"\\\\/\u007f<\"}}}" +
        "\n</tools>\n\nFor each function call, return a json object with function name and arguments within <tool_call></tool_call> XML tags:\n" +
        "<tool_call>\n{\"name\": <function-name>, \"arguments\": <args-json-object>}\n</tool_call>";

    private static readonly JsonElement Tool = Json("""{"type":"function","function":{"name":"get","parameters":{"x":[1,2.50,1e-7,1e16,-15e15,-0.0,1e15,123456789.25,true,null],"é":"\u0001\"\\/\u007f<"}}}""");

    private static ChatMessage System(string content) => new(ChatRole.System, content);
    private static ChatMessage User(string content) => new(ChatRole.User, content);
    private static ChatMessage Assistant(string content, params FunctionCallContent[] calls) => new(ChatRole.Assistant, [new TextContent(content), .. calls]);
    private static ChatMessage Result(string content) => new(ChatRole.Tool, [new FunctionResultContent("", content)]);
    private static FunctionCallContent Call(string arguments) => ToolCalls.Of("get", Json(arguments));
    private static JsonElement Json(string text) => JsonDocument.Parse(text).RootElement;

    private static readonly ChatMessage[] Turns = [System(" Be brief. "), User(" Hi\n"), Assistant(" Yes. "), System("mid"), User("q")];

    [Test]
    public void Qwen2ChatTemplate_OneQuestion_HasTheDefaultSystemTurn() => new Qwen2ChatTemplate().Render("Hi").Should().Be(
        "<|im_start|>system\nYou are Qwen, created by Alibaba Cloud. " +
        "You are a helpful assistant.<|im_end|>\n<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n");

    [Test]
    public void Qwen2ChatTemplate_ToolsAndResults_AreWrittenAsPublished()
    {
        FunctionCallContent call = Call("""{"x":1}""");
        ChatMessage[] messages = [User("q"), Assistant("Let me.", call, Call("\"{\\\"y\\\": 2}\"")), Result("1"), Result("2"), Assistant("", call),
            Result("3")];
        new Qwen2ChatTemplate().Render(messages, new RenderOptions { Tools = [Tool] })
            .Should().Be("<|im_start|>system\nYou are Qwen, created by Alibaba Cloud. " +
            "You are a helpful assistant.\n\n" + Tools + "<|im_end|>\n<|im_start|>user\nq<|im_end|>\n" +
            "<|im_start|>assistant\nLet me.\n<tool_call>\n{\"name\": \"get\", \"arguments\": {\"x\": " +
            "1}}\n</tool_call>\n<tool_call>\n{\"name\": \"get\", \"arguments\": \"{\\\"y\\\": 2}\"}\n</tool_call><|im_end|>\n" +
            "<|im_start|>user\n<tool_response>\n1\n</tool_response>\n<tool_response>\n2\n</tool_response><|im_end|>\n" +
            "<|im_start|>assistant\n<tool_call>\n{\"name\": \"get\", \"arguments\": {\"x\": 1}}\n</tool_call><|im_end|>\n" +
            "<|im_start|>user\n<tool_response>\n3\n</tool_response><|im_end|>\n<|im_start|>assistant\n");
    }

    [Test]
    public void ChatMlTemplate_Turns_AreWrittenAsPublished()
    {
        const string expected = "<|im_start|>system\n Be brief. <|im_end|>\n<|im_start|>user\n Hi\n<|im_end|>\n<|im_start|>assistant\n Yes. " +
            "<|im_end|>\n<|im_start|>system\nmid<|im_end|>\n<|im_start|>user\nq<|im_end|>\n<|im_start|>assistant\n";
        new ChatMlTemplate().Render(Turns).Should().Be(expected);
        new ChatMlTemplate(defaultSystemMessage: "unused here").Render(Turns).Should().Be(expected);
        new Qwen2ChatTemplate().Render(Turns).Should().Be(expected);
        new ChatMlTemplate(defaultSystemMessage: "Be kind.").Render("x").Should().StartWith("<|im_start|>system\nBe kind.<|im_end|>\n<|im_start|>user\n");
    }

    [Test]
    public void ChatMlTemplate_ThinkingOff_ClosesTheReasoningWhereTheModelHasTheSwitch()
    {
        var off = new ChatTemplateOptions { EnableThinking = false };
        new ChatMlTemplate(off, hasThinkingSwitch: true).Render("x").Should().EndWith("assistant\n<think>\n\n</think>\n\n");
        new ChatMlTemplate(off).Render("x").Should().EndWith("assistant\n");
        new Qwen3ChatTemplate(off).Render("x").Should().Be("<|im_start|>user\nx<|im_end|>\n<|im_start|>assistant\n<think>\n\n</think>\n\n");
        new Qwen3ChatTemplate(off).Render([User("x")], new RenderOptions { EnableThinking = true })
            .Should().EndWith("assistant\n", "the conversation's own choice wins");
    }

    [Test]
    public void Llama3ChatTemplate_Turns_AreWrittenAsPublished()
    {
        new Llama3ChatTemplate().Render(Turns).Should().Be(
            "<|begin_of_text|><|start_header_id|>system<|end_header_id|>\n\nBe brief.<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nHi<|eot_id|>" +
            "<|start_header_id|>assistant<|end_header_id|>\n\nYes.<|eot_id|><|start_header_id|>system<|end_header_id|>\n\nmid<|eot_id|>" +
            "<|start_header_id|>user<|end_header_id|>\n\nq<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n");
        new Llama3ChatTemplate(today: Llama3ChatTemplate.DefaultToday).Render("Hi").Should()
            .Be("<|begin_of_text|><|start_header_id|>system<|end_header_id|>\n\nCutting Knowledge Date: December 2023\nToday Date: 26 Jul 2024\n\n<|eot_id|>" +
            "<|start_header_id|>user<|end_header_id|>\n\nHi<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n");
    }

    [Test]
    public void Qwen3ChatTemplate_Variants_DifferInWhereTheAnswerBegins()
    {
        new Qwen3ChatTemplate(variant: Qwen3Variant.Thinking).Render("x").Should().EndWith("<|im_start|>assistant\n<think>\n");
        new Qwen3ChatTemplate(new ChatTemplateOptions { EnableThinking = false }, Qwen3Variant.Instruct).Render("x")
            .Should().EndWith("<|im_start|>assistant\n");
        new Qwen3ChatTemplate(variant: Qwen3Variant.Instruct).Render([User("x"), Assistant("y")], new RenderOptions { AddGenerationPrompt = false })
            .Should().EndWith("<|im_start|>assistant\ny<|im_end|>\n");
    }

    [Test]
    public void Qwen3ChatTemplate_ContentsOfAMessage_StandWhereTheModelReadsThem()
    {
        var answer = new ChatMessage(ChatRole.Assistant, [new TextReasoningContent("r1"), new TextReasoningContent(" r2"), new TextContent("a"),
            new TextContent("b"), Call("""{"y":[1,{"z":2.50}]}""")]);
        var results = new ChatMessage(ChatRole.Tool, [new FunctionResultContent("", 1), new FunctionResultContent("", Json("""{"v":[1,2]}"""))]);
        new Qwen3ChatTemplate().Render([User("q"), answer, results]).Should().Be(
            "<|im_start|>user\nq<|im_end|>\n<|im_start|>assistant\n" +
            "<think>\nr1 r2\n</think>\n\nab\n<tool_call>\n{\"name\": \"get\", \"arguments\": {\"y\": [1, {\"z\": 2.5}]}}\n</tool_call><|im_end|>\n" +
            "<|im_start|>user\n<tool_response>\n1\n</tool_response>\n<tool_response>\n{\"v\": [1, 2]}\n</tool_response><|im_end|>\n<|im_start|>assistant\n");
    }

    [Test]
    public void Render_SystemMessageOfTheOptions_GivesWayToThatOfTheConversation()
        => new Qwen3ChatTemplate(new ChatTemplateOptions { SystemMessage = "S" }).Render([System("T"), User("x")])
        .Should().Be("<|im_start|>system\nT<|im_end|>\n<|im_start|>user\nx<|im_end|>\n<|im_start|>assistant\n");

    [Test]
    public void Render_SystemMessageOfTheOptions_ComesFirst() => new Qwen3ChatTemplate(new ChatTemplateOptions { SystemMessage = "S" }).Render("x")
        .Should().Be("<|im_start|>system\nS<|im_end|>\n<|im_start|>user\nx<|im_end|>\n<|im_start|>assistant\n");

    [Test]
    public void Render_WhatTheModelCannotTake_IsATypedError()
    {
        FluentActions.Invoking(() => new Qwen3ChatTemplate().Render([])).Should().Throw<ArgumentException>().WithMessage("*no message*");
        FluentActions.Invoking(() => new ChatMlTemplate().Render([User("q")], new RenderOptions { Tools = [Tool] }))
            .Should().Throw<NotSupportedException>().WithMessage("*tools*");
        FluentActions.Invoking(() => new Llama3ChatTemplate().Render([User("q"), Result("1")])).Should().Throw<NotSupportedException>().WithMessage("*tools*");
        FluentActions.Invoking(() => new Qwen3ChatTemplate().Render([new ChatMessage(new ChatRole("critic"), "q")]))
            .Should().Throw<NotSupportedException>().WithMessage("*critic*");
        FluentActions.Invoking(() => new Qwen3ChatTemplate().Render([new ChatMessage(ChatRole.User, [new FunctionResultContent("", "1")])]))
            .Should().Throw<NotSupportedException>().WithMessage("message 1 (user)*role tool*");
        FluentActions.Invoking(() => new Qwen3ChatTemplate().Render([new ChatMessage(ChatRole.User, [new UriContent("http://a/b.png", "image/png")])]))
            .Should().Throw<NotSupportedException>().WithMessage("message 1 (user)*UriContent*");
        FluentActions.Invoking(() => new Qwen3ChatTemplate().Render([User("q")], new RenderOptions { Tools = [Json("7")] }))
            .Should().Throw<OptionsValidationException>().WithMessage("*Tools*number*");
        FluentActions.Invoking(() => new RawPromptTemplate().Render(Turns)).Should().Throw<NotSupportedException>().WithMessage("*5 messages*");
    }
}
