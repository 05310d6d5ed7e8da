using Mel.Testing;
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
    public async Task GetResponse_WithoutChatTemplate_SaysSo()
    {
        using TransformerPolicy policy = TinyModels.Policy();
        using var client = new PolicyChatClient(policy);
        await client.Awaiting(c => c.GetResponseAsync([new ChatMessage(ChatRole.User, "1 2")]))
            .Should().ThrowAsync<NotSupportedException>().WithMessage("*no chat template*");
    }
}
