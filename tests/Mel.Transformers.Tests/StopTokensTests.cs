using System.Text.Json.Nodes;
using Mel.Testing;
using Mel.Transformers.Models;
using Mel.Transformers.Tests.Fakes;
using Mel.Transformers.Tests.Tokenization;

namespace Mel.Transformers.Tests;

/// <summary>The tokens that end a response are all that the files of a folder name, and the one by which its chat template ends a turn.</summary>
[TestFixture, NoTensorLeaks]
public sealed class StopTokensTests
{
    private const string ChatMl = "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n' }}{% endfor %}" +
        "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}";

    [TestCase("\"<|other|>\"", 7, new[] { 7, 1003, 1002 })]
    [TestCase("{\"content\": \"<|endoftext|>\"}", 1000, new[] { 1000, 1002 })]
    [TestCase("null", 1002, new[] { 1002 })]
    public void Load_FilesThatDisagree_GivesAllTheyName(string token, int configured, int[] expected)
    {
        using TokenizerFolder folder = Folder();
        Configure(folder, configured);
        folder.Write("tokenizer_config.json", $$"""{"eos_token": {{token}}, "chat_template": {{JsonValue.Create(ChatMl).ToJsonString()}}}""");
        using TransformerPolicy policy = TransformerPolicy.Load(folder.Path);
        policy.StopTokenIds.Should().Equal(expected);
        using TransformerPolicy own = TransformerPolicy.Load(folder.Path, options: new TransformerPolicyOptions { StopTokenIds = [3] });
        own.StopTokenIds.Should().Equal(3);
    }

    [Test]
    public void Load_BaseModelWithoutTemplate_GivesThatOfTheTokenizer()
    {
        using TokenizerFolder folder = Folder();
        folder.Write("tokenizer_config.json", """{"eos_token": "<|endoftext|>"}""");
        using TransformerPolicy policy = TransformerPolicy.Load(folder.Path);
        policy.StopTokenIds.Should().Equal(1000);
    }

    [Test]
    public void Load_NothingNamed_IsAnErrorThatNamesTheOption()
    {
        using TokenizerFolder folder = Folder();
        folder.Write("tokenizer_config.json", """{"eos_token": "<|not a token|>"}""");
        FluentActions.Invoking(() => TransformerPolicy.Load(folder.Path)).Should().Throw<ModelConfigException>().WithMessage("*TransformerPolicyOptions.StopTokenIds*");
    }

    // The ids of added tokens begin at 1000.
    private static TokenizerFolder Folder()
    {
        var folder = new TokenizerFolder();
        using (DecoderModel model = DecoderModel.Create(TinyModels.Config() with { VocabularySize = 1010, StopTokenIds = [] }, 1))
            ModelFolder.Save(folder.Path, model, null);
        folder.Write(TokenizerFolder.Json([], ("<|endoftext|>", true), ("<|im_start|>", true), ("<|im_end|>", true), ("<|other|>", true)));
        return folder;
    }

    private static void Configure(TokenizerFolder folder, int stop)
    {
        string path = Path.Combine(folder.Path, "config.json");
        JsonNode config = JsonNode.Parse(File.ReadAllText(path))!;
        config["eos_token_id"] = stop;
        File.WriteAllText(path, config.ToJsonString());
    }
}
