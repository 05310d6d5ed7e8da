using System.Runtime.CompilerServices;
using Mel.Evaluation;
using Mel.Prompts;
using Mel.Rollouts;
using Mel.Runtime;
using Mel.Verification;
using Microsoft.Extensions.AI;

namespace Mel.Core.Tests.Rollouts;

[TestFixture]
public sealed class ChatClientSamplerTests
{
    private static readonly Prompt[] Questions =
    [
        new("1", "1 \"quoted\" é?", "1"),
        new("2", "2?", "2") { Messages = [new ChatMessage(ChatRole.System, "Be brief."), new ChatMessage(ChatRole.User, "2?")] },
    ];

    [Test]
    public async Task Evaluate_ChatClient_SeesTheTurns_TheOptions_AndASeedPerAttempt()
    {
        using FakeClient client = new((messages, _) => Answer(messages[^1].Text[..1], ChatFinishReason.Stop, tokens: 7));

        EvaluationReport report = await new Evaluator(new ChatClientSampler(client), new BoxedAnswerVerifier()).EvaluateAsync(Questions, new() { Samples = 3, MaxTokens = 99 });

        (report.PassAt1, report.AverageAtK, report.Records[0].Tokens).Should().Be((1, 1, 7));
        client.Calls.Should().HaveCount(2 + 6).And.OnlyContain(c => c.Options.MaxOutputTokens == 99 && c.Options.TopP == null && c.Options.TopK == null && c.Options.Seed >= 0);
        client.Calls.Select(c => c.Options.Seed).Should().OnlyHaveUniqueItems();
        client.Calls.Count(c => c.Options.Temperature == 0).Should().Be(2);
        client.Calls.Count(c => c.Options.Temperature == 0.6f).Should().Be(6);
        client.Calls.Select(c => string.Join('|', c.Messages.Select(m => $"{m.Role}:{m.Text}"))).Distinct()
            .Should().BeEquivalentTo("user:1 \"quoted\" é?", "system:Be brief.|user:2?");
    }

    [TestCase("stop", FinishReason.Stop)]
    [TestCase("length", FinishReason.Length)]
    [TestCase("content_filter", FinishReason.Length)]
    [TestCase(null, FinishReason.Stop)]
    public async Task Sample_EndOfTheResponse_IsAStopOrNot(string? reason, FinishReason expected)
    {
        using FakeClient client = new((_, _) => Answer("1", reason is null ? null : new ChatFinishReason(reason), tokens: null));
        ChatClientSampler sampler = new(client);

        Trajectory trajectory = (await sampler.SampleAsync([new SamplingRequest(sampler.Encode("1?"), 1, 0)], new SamplingOptions()))[0][0];

        (trajectory.FinishReason, trajectory.TokenIds.Length, trajectory.ReportedTokens).Should().Be((expected, 0, null));
    }

    [Test]
    public async Task Sample_MinP_IsRefused()
    {
        using FakeClient client = new((_, _) => Answer("1", null, null));
        ChatClientSampler sampler = new(client);

        await FluentActions.Awaiting(() => sampler.SampleAsync([new SamplingRequest(sampler.Encode("1?"), 1, 0)], new SamplingOptions { MinP = 0.1 }))
            .Should().ThrowAsync<NotSupportedException>().WithMessage("MinP is 0.1*");
    }

    [Test]
    public void Encode_Picture_IsRefused()
    {
        using FakeClient client = new((_, _) => Answer("1", null, null));

        FluentActions.Invoking(() => new ChatClientSampler(client).Encode([new ChatMessage(ChatRole.User, [new DataContent(new byte[] { 1 }, "image/png")])]))
            .Should().Throw<NotSupportedException>().WithMessage("A message holds a DataContent*");
    }

    [Test]
    public void Describe_NamesProviderAndModel()
    {
        using FakeClient client = new((_, _) => Answer("1", null, null));
        RunIdentity identity = new();

        identity.Add("sampler", new ChatClientSampler(client, configure: o => o.ModelId = "small"));

        identity.Values.Should().Contain(new Dictionary<string, string>
        {
            ["sampler"] = "ChatClientSampler", ["sampler.provider"] = "fake", ["sampler.uri"] = "http://here/", ["sampler.model"] = "small",
        });
    }

    [Test]
    public async Task Sample_ManyRequests_RunAsManyAtATimeAsAllowed_AndNoMore()
    {
        int running = 0, most = 0;
        using Barrier pair = new(2);
        using FakeClient client = new((_, _) =>
        {
            int now = Interlocked.Increment(ref running);
            lock (pair) most = Math.Max(most, now);
            // Each waits for another one: with one at a time none would come.
            bool met = pair.SignalAndWait(TimeSpan.FromSeconds(30));
            Interlocked.Decrement(ref running);
            return met ? Answer("1", null, null) : throw new TimeoutException();
        });
        ChatClientSampler sampler = new(client, parallelism: 2);

        (await sampler.SampleAsync([new SamplingRequest(sampler.Encode("1?"), 20, 0)], new SamplingOptions()))[0].Should().HaveCount(20);

        most.Should().Be(2);
    }

    private static ChatResponse Answer(string digit, ChatFinishReason? reason, int? tokens) => new(new ChatMessage(ChatRole.Assistant, $"\\boxed{{{digit}}}"))
    {
        FinishReason = reason,
        Usage = tokens is null ? null : new UsageDetails { OutputTokenCount = tokens },
    };

    private sealed class FakeClient(Func<IReadOnlyList<ChatMessage>, ChatOptions, ChatResponse> answer) : IChatClient
    {
        public List<(IReadOnlyList<ChatMessage> Messages, ChatOptions Options)> Calls { get; } = [];

        public async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
        {
            await Task.Yield();
            ChatMessage[] turns = [.. messages];
            lock (Calls) Calls.Add((turns, options!));
            return answer(turns, options!);
        }

        public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            await Task.Yield();
            yield break;
        }

        public object? GetService(Type serviceType, object? serviceKey = null)
            => serviceType == typeof(ChatClientMetadata) ? new ChatClientMetadata("fake", new Uri("http://here/"), "default") : null;

        public void Dispose()
        {
        }
    }
}
