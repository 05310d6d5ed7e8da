using System.Text.Json;
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
    private const string Turns = "{{ bos_token }}{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}";

    [Test]
    public void FromFolder_Template_IsRunWhereverItStands()
    {
        const string expected = "<s><|im_start|>user\nx<|im_end|>\n<|im_start|>assistant\n";
        using var folder = new TokenizerFolder();
        folder.Write("tokenizer_config.json", new JsonObject { ["bos_token"] = "<s>", ["chat_template"] = Turns }.ToJsonString());
        ChatTemplate.FromFolder(folder.Path).Render("x").Should().Be(expected);
        folder.Write("tokenizer_config.json", new JsonObject
        {
            ["bos_token"] = new JsonObject { ["content"] = "<s>", ["special"] = true },
            ["chat_template"] = new JsonArray(new JsonObject { ["name"] = "default", ["template"] = Turns }),
        }.ToJsonString());
        ChatTemplate.FromFolder(folder.Path).Render("x").Should().Be(expected);
        folder.Write("tokenizer_config.json", "{\"bos_token\":\"<s>\",\"chat_template\":\"outdated\"}");
        folder.Write("chat_template.jinja", Turns);
        PromptTemplates.FromFolder(folder.Path).Render("x").Should().Be(expected);
        folder.Write("tokenizer_config.json", "{}");
        folder.Write("special_tokens_map.json", "{\"bos_token\":\"<t>\"}");
        PromptTemplates.FromFolder(folder.Path).Render("x").Should().StartWith("<t>");
    }

    [Test]
    public void FromFolder_SeveralTemplates_AreChosenByNameAndByTools()
    {
        JsonElement tool = JsonDocument.Parse("{}").RootElement;
        ChatMessage[] messages = [new(ChatRole.User, "x")];
        using var folder = new TokenizerFolder();
        folder.Write("tokenizer_config.json", """{"chat_template":[{"name":"default","template":"D"},{"name":"tool_use","template":"T"},{"name":"rag","template":"R"}]}""");
        ChatTemplate template = ChatTemplate.FromFolder(folder.Path);
        template.Render(messages).Should().Be("D");
        template.Render(messages, new RenderOptions { Tools = [tool] }).Should().Be("T");
        ChatTemplate.FromFolder(folder.Path, new ChatTemplateOptions { TemplateName = "rag" }).Render(messages, new RenderOptions { Tools = [tool] }).Should().Be("R");
        Directory.CreateDirectory(Path.Combine(folder.Path, "additional_chat_templates"));
        folder.Write("chat_template.jinja", "d");
        folder.Write("additional_chat_templates/tool_use.jinja", "t");
        template = ChatTemplate.FromFolder(folder.Path);
        template.Render(messages).Should().Be("d");
        template.Render(messages, new RenderOptions { Tools = [tool] }).Should().Be("t");
        FluentActions.Invoking(() => ChatTemplate.FromFolder(folder.Path, new ChatTemplateOptions { TemplateName = "rag" }))
            .Should().Throw<TokenizerFormatException>().WithMessage("*'rag'*'default', 'tool_use'*TemplateName*");
    }

    [Test]
    public void FromFolder_TemplateThatCannotBeRead_IsATypedErrorThatShowsThePlace()
    {
        using var folder = new TokenizerFolder();
        folder.Write("chat_template.jinja", "[INST]\n{% nosuch %} [/INST]");
        FluentActions.Invoking(() => ChatTemplate.FromFolder(folder.Path))
            .Should().Throw<TokenizerFormatException>().WithMessage("*chat_template.jinja*line 2, column 4*'nosuch'*");
        FluentActions.Invoking(() => PromptTemplates.FromFolder(folder.Path)).Should().Throw<TokenizerFormatException>();
    }

    [TestCase("{\"chat_template\":7}", "*chat_template is a JSON number*")]
    [TestCase("{\"chat_template\":[{\"name\":\"rag\",\"template\":\"\"}]}", "*no chat template named 'default'*'rag'*")]
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
        folder.Write("chat_template.jinja", Turns);
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
