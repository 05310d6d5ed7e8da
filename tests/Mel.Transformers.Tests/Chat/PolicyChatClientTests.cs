using Mel.Testing;
using Mel.Transformers.Chat;
using Mel.Transformers.Tests.Fakes;
using Microsoft.Extensions.AI;

namespace Mel.Transformers.Tests.Chat;

[TestFixture]
public sealed class PolicyChatClientTests
{
    private static readonly ChatOptions Options = new() { Seed = 3, MaxOutputTokens = 12, Temperature = 0.9f };

    [Test, Category(ReferenceData.Category)]
    public async Task GetResponse_RealFolder_AnswersReproduciblyAndStreamsTheSameText()
    {
        using TransformerPolicy policy = TransformerPolicy.Load(ReferenceData.Require("golden", "models", "qwen3-tied"));
        using var client = new PolicyChatClient(policy, "tiny");
        ChatMessage[] messages = [new(ChatRole.System, "Be brief."), new(ChatRole.User, "What is 2+2?")];
        ChatResponse response = await client.GetResponseAsync(messages, Options);
        response.Text.Should().Be((await client.GetResponseAsync(messages, Options)).Text);
        response.ModelId.Should().Be("tiny");
        response.Usage!.OutputTokenCount.Should().BeInRange(1, 12);
        response.FinishReason.Should().Be(response.Usage.OutputTokenCount == 12 ? ChatFinishReason.Length : ChatFinishReason.Stop);
        var updates = new List<ChatResponseUpdate>();
        await foreach (ChatResponseUpdate update in client.GetStreamingResponseAsync(messages, Options)) updates.Add(update);
        string.Concat(updates.Select(u => u.Text)).Should().Be(response.Text);
        updates[^1].FinishReason.Should().Be(response.FinishReason);
        client.GetService(typeof(TransformerPolicy)).Should().BeSameAs(policy);
    }

    [Test]
    public async Task GetResponse_WhatAPolicyCanDo_ReachesTheTemplate()
    {
        // The tokenizer reads numbers: 9 marks the system turn, 8 a tool.
        using TransformerPolicy policy = new(TinyModels.Model(), new NumberTokenizer(), ChatTemplate.Parse(
            "{% for m in messages %}{{ 9 if m.role == 'system' else 1 }} {{ m.content|replace('\n', ' ') }} {% endfor %}{% for t in tools or [] %}8 {{ t.function.description }} {% endfor %}{{ extra }}"));
        using var client = new PolicyChatClient(policy);
        var options = new ChatOptions { MaxOutputTokens = 1, Instructions = "5", Tools = [AIFunctionFactory.Create(() => 1, "f", "6 7")], AdditionalProperties = new() { ["extra"] = "4" } };
        ChatMessage[] messages = [new(ChatRole.User, "2 3")];
        (await client.GetResponseAsync(messages, options)).Usage!.InputTokenCount.Should().Be(9, "9 5, 1 2 3, 8 6 7 and 4");
        (await client.GetResponseAsync([new(ChatRole.System, "3"), .. messages], options)).Usage!.InputTokenCount.Should().Be(10, "the instructions lead the system turn");
        options.ToolMode = ChatToolMode.None;
        (await client.GetResponseAsync(messages, options)).Usage!.InputTokenCount.Should().Be(6);
    }

    [Test]
    public async Task GetResponse_WhatAPolicyCannotDo_IsRefusedByName()
    {
        using TransformerPolicy policy = new(TinyModels.Model(), new NumberTokenizer(), ChatTemplate.Parse("{{ messages[0].content }}"));
        using var client = new PolicyChatClient(policy, "m");
        ChatOptions[] refused =
        [
            new() { StopSequences = ["x"] }, new() { ResponseFormat = ChatResponseFormat.Json }, new() { FrequencyPenalty = 1 }, new() { PresencePenalty = 1 },
            new() { ConversationId = "c" }, new() { ToolMode = ChatToolMode.RequireAny }, new() { ModelId = "other" }, new() { Tools = [AIFunctionFactory.Create(() => 1, "f")] },
        ];
        string[] names = ["StopSequences", "ResponseFormat", "FrequencyPenalty", "PresencePenalty", "ConversationId", "ToolMode", "ModelId", "Tools"];
        foreach ((ChatOptions options, string name) in refused.Zip(names))
            (await client.Awaiting(c => c.GetResponseAsync("1", options)).Should().ThrowAsync<NotSupportedException>()).WithMessage($"ChatOptions.{name} *");
    }

    [Test]
    public async Task GetResponse_WithoutChatTemplate_SaysSo()
    {
        using TransformerPolicy policy = TinyModels.Policy();
        using var client = new PolicyChatClient(policy);
        await client.Awaiting(c => c.GetResponseAsync([new ChatMessage(ChatRole.User, "1 2")]))
            .Should().ThrowAsync<NotSupportedException>().WithMessage("*no chat template*");
    }
}
