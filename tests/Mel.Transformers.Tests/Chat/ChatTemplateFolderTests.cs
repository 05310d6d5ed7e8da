using System.Text.Json.Nodes;
using Mel.Testing;
using Mel.Transformers.Chat;
using Mel.Transformers.Tests.Tokenization;
using Mel.Transformers.Tokenization;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;

namespace Mel.Transformers.Tests.Chat;

/// <summary>How the template of a model's folder is told from its files.</summary>
[TestFixture]
public sealed class ChatTemplateFolderTests
{
    private const string Qwen3 = "{%- if tools %}<tools>{%- endif %}{{- '<|im_start|>' + message.reasoning_content + '<|im_end|>' }}{%- if enable_thinking is defined %}";
    private const string Qwen3Thinking = "<tools>{{- '<|im_start|>' + reasoning_content + '<|im_end|>' }}{{- '<|im_start|>assistant\\n<think>\\n' }}";
    private const string Qwen3Instruct = "<tools>{{- '<|im_start|>' + '<|im_end|>' }}{%- if tool_call.arguments is string %}";
    private const string Qwen25Math = "<tools>{{- '<|im_start|>system\\n' + messages[0]['content'] + '<|im_end|>\\n' }}{{- '<|im_start|>system\\nPut it in \\\\boxed{}, don\\'t guess.<|im_end|>\\n' }}";
    private const string Qwen2 = "{% if messages[0]['role'] != 'system' %}{{ '<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n' }}{% endif %}";
    private const string Llama3 = "{% set content = '<|start_header_id|>' + message['role'] + '<|end_header_id|>\n\n' + '<|eot_id|>' %}";

    [TestCase(Qwen3, "<|im_start|>user\nx<|im_end|>\n<|im_start|>assistant\n<think>\n\n</think>\n\n")]
    [TestCase(Qwen3Thinking, "<|im_start|>user\nx<|im_end|>\n<|im_start|>assistant\n<think>\n")]
    [TestCase(Qwen3Instruct, "<|im_start|>user\nx<|im_end|>\n<|im_start|>assistant\n")]
    [TestCase(Qwen25Math, "<|im_start|>system\nPut it in \\boxed{}, don't guess.<|im_end|>\n<|im_start|>user\nx<|im_end|>\n<|im_start|>assistant\n")]
    [TestCase(Qwen2, "<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n<|im_start|>user\nx<|im_end|>\n<|im_start|>assistant\n")]
    [TestCase("<|im_start|> <|im_end|>", "<|im_start|>user\nx<|im_end|>\n<|im_start|>assistant\n")]
    [TestCase(Llama3, "<|begin_of_text|><|start_header_id|>user<|end_header_id|>\n\nx<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n")]
    [TestCase(Llama3 + "Cutting Knowledge Date", "<|begin_of_text|><|start_header_id|>system<|end_header_id|>\n\nCutting Knowledge Date: December 2023\nToday Date: 26 Jul 2024\n\n<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nx<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n")]
    public void FromFolder_KnownTemplate_IsRecognized(string jinja, string expected)
    {
        var options = new ChatTemplateOptions { EnableThinking = false };
        using var folder = new TokenizerFolder();
        folder.Write("tokenizer_config.json", new JsonObject { ["chat_template"] = jinja }.ToJsonString());
        ChatTemplate.FromFolder(folder.Path, options).Render("x").Should().Be(expected);
        folder.Write("tokenizer_config.json", new JsonObject { ["chat_template"] = new JsonArray(new JsonObject { ["name"] = "default",
            ["template"] = jinja }) }.ToJsonString());
        ChatTemplate.FromFolder(folder.Path, options).Render("x").Should().Be(expected);
        folder.Write("tokenizer_config.json", "{\"chat_template\":\"outdated\"}");
        folder.Write("chat_template.jinja", jinja);
        PromptTemplates.FromFolder(folder.Path, options).Render("x").Should().Be(expected);
    }

    [Test]
    public void FromFolder_UnknownTemplate_IsATypedErrorThatShowsIt()
    {
        using var folder = new TokenizerFolder();
        folder.Write("chat_template.jinja", "[INST] {{ message }} [/INST]");
        FluentActions.Invoking(() => ChatTemplate.FromFolder(folder.Path))
            .Should().Throw<TokenizerFormatException>().WithMessage("*chat_template.jinja*[INST]*Qwen3*Llama 3*");
        FluentActions.Invoking(() => PromptTemplates.FromFolder(folder.Path)).Should().Throw<TokenizerFormatException>();
    }

    [TestCase("{\"chat_template\":7}", "*chat_template is a JSON number*")]
    [TestCase("{\"chat_template\":[{\"name\":\"rag\",\"template\":\"\"}]}", "*without an entry named 'default'*")]
    [TestCase("{\"chat_template\":[7]}", "*chat_template[0] is a JSON number*")]
    [TestCase("{\"chat_template\":\"", "*no valid JSON*")]
    public void FromFolder_DamagedConfig_IsATypedError(string config, string message)
    {
        using var folder = new TokenizerFolder();
        folder.Write("tokenizer_config.json", config);
        FluentActions.Invoking(() => ChatTemplate.FromFolder(folder.Path)).Should().Throw<TokenizerFormatException>().WithMessage(message);
    }

    [Test]
    public void FromFolder_BaseModel_HasNoChatTemplateAndContinuesTheMessage()
    {
        using var folder = new TokenizerFolder();
        FluentActions.Invoking(() => ChatTemplate.FromFolder(folder.Path)).Should().Throw<ChatTemplateNotFoundException>().WithMessage("*RawPromptTemplate*");
        PromptTemplates.FromFolder(folder.Path).Render("x").Should().Be("x");
        FluentActions.Invoking(() => PromptTemplates.FromFolder(folder.Path, new ChatTemplateOptions { SystemMessage = "S" }))
            .Should().Throw<OptionsValidationException>().WithMessage("*no place for a system message*");
        FluentActions.Invoking(() => PromptTemplates.FromFolder(folder.Path + "-absent")).Should().Throw<DirectoryNotFoundException>();
    }

    [TestCase("{\"add_bos_token\":true,\"bos_token\":\"<s>\"}", "<s>x")]
    [TestCase("{\"add_bos_token\":true,\"bos_token\":{\"content\":\"<s>\"}}", "<s>x")]
    [TestCase("{\"add_bos_token\":false,\"bos_token\":\"<s>\"}", "x")]
    [TestCase("{\"bos_token\":\"<s>\"}", "<begin>x")]
    public void FromFolder_BaseModelWithBeginOfText_PutsItFirst(string config, string expected)
    {
        JsonObject tokenizer = TokenizerFolder.Json();
        tokenizer["post_processor"] = JsonNode.Parse("""{"type":"Sequence","processors":[{"type":"ByteLevel"},{"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"<begin>","type_id":0}},{"Sequence":{"id":"A"}}]}]}""");
        using var folder = new TokenizerFolder();
        folder.Write(tokenizer);
        folder.Write("tokenizer_config.json", config);
        PromptTemplates.FromFolder(folder.Path).Render("x").Should().Be(expected);
    }

    [TestCase(true)]
    [TestCase(false)]
    public void FromFolder_Escape_KnowsTheTokensOfTheTokenizer(bool inConfig)
    {
        using var folder = new TokenizerFolder();
        folder.Write(TokenizerFolder.Json(null, ("<|stop|>", true), ("<note>", false)));
        folder.Write("tokenizer_config.json", inConfig ? "{\"added_tokens_decoder\":{\"1000\":{\"content\":\"<|stop|>\",\"special\":true},\"1001\":{\"content\":\"<note>\"}}}" : "{}");
        folder.Write("chat_template.jinja", Qwen2);
        ChatTemplate template = ChatTemplate.FromFolder(folder.Path, new ChatTemplateOptions { SpecialTokenText = SpecialTokenText.Escape });
        template.Render([new ChatMessage(ChatRole.System, ""), new ChatMessage(ChatRole.User, "<|stop|><note>"),
            new ChatMessage(ChatRole.Assistant, "<|stop|><note>")])
            .Should().Contain("user\n<\u200B|stop|><\u200Bnote><|im_end|>").And.Contain("assistant\n<\u200B|stop|><note><|im_end|>");
    }

    [Test, Category(ReferenceData.Category)]
    public void FromFolder_ReferenceModels_HaveAPromptTemplate()
    {
        IReadOnlyList<string> folders = ReferenceData.Folders("golden/models");
        if (folders.Count == 0) Assert.Ignore("No reference models.");
        foreach (string folder in folders)
        {
            string rendered = PromptTemplates.FromFolder(folder, new ChatTemplateOptions { EnableThinking = false }).Render("What?");
            rendered.Should().Contain("What?", "{0}", folder);
            if (File.ReadAllText(Path.Combine(folder, "tokenizer_config.json")).Contains("enable_thinking", StringComparison.Ordinal))
                rendered.Should().Be("<|im_start|>user\nWhat?<|im_end|>\n<|im_start|>assistant\n<think>\n\n</think>\n\n", "{0}", folder);
        }
    }
}
