using Mel.Rollouts;
using Mel.Testing;
using Mel.Transformers.Models;
using Mel.Transformers.Sampling;
using Mel.Transformers.Tests.Fakes;
using Microsoft.Extensions.Options;
using static TorchSharp.torch;

namespace Mel.Transformers.Tests.Sampling;

[TestFixtureSource(typeof(TestDevice), nameof(TestDevice.All)), NoTensorLeaks]
public sealed class SamplingEngineTests(TestDevice device)
{
    private static readonly SamplingOptions Options = new() { MaxTokens = 12 };

    [SetUp]
    public void OneThread()
    {
        set_num_threads(1);
        device.Use();
    }

    [TearDown]
    public void Restore() => TestDevice.Reset();

    [Test]
    public void Sample_LogProbs_EqualScoredLogProbs([Values] DecoderFamily family)
    {
        using var policy = TinyModels.Policy(family);
        SamplingRequest[] requests = Requests(7);
        var sampled = policy.Sample(requests, new SamplingOptions { MaxTokens = 12, Temperature = 0.8 });
        using var scope = NewDisposeScope();
        foreach (bool gradients in (bool[])[false, true])
        {
            using var mode = set_grad_enabled(gradients);
            var rows = requests.SelectMany((r, i) => sampled[i].Select(t => (Sequence: new TokenSequence(r.PromptTokenIds, t.TokenIds), t.LogProbs))).ToArray();
            Tensor scored = policy.Score(new TokenBatch([.. rows.Select(r => r.Sequence)]) { Temperature = 0.8 }).LogProbs.detach().cpu();
            for (int i = 0; i < rows.Length; i++)
            {
                for (int t = 0; t < rows[i].LogProbs.Length; t++) scored[i, t].item<float>().Should().BeApproximately(rows[i].LogProbs.Span[t], 1e-4f);
            }
        }
    }

    [Test]
    public void Sample_OneByOneOrTogether_GivesTheSameTokens([Values(1, 3, 512)] int concurrent)
    {
        using var together = TinyModels.Policy();
        using var apart = TinyModels.Policy(options: new TransformerPolicyOptions { ConcurrentSequences = concurrent, PrefillTokens = 8 });
        SamplingRequest[] requests = Requests(9);
        var expected = together.Sample(requests, Options);
        var reversed = apart.Sample([.. requests.Reverse()], Options).Reverse().ToArray();
        for (int i = 0; i < requests.Length; i++)
        {
            var alone = apart.Sample([requests[i]], Options)[0];
            for (int j = 0; j < expected[i].Count; j++)
            {
                reversed[i][j].TokenIds.ToArray().Should().Equal(expected[i][j].TokenIds.ToArray());
                alone[j].TokenIds.ToArray().Should().Equal(expected[i][j].TokenIds.ToArray());
                for (int t = 0; t < alone[j].LogProbs.Length; t++) alone[j].LogProbs.Span[t].Should().BeApproximately(expected[i][j].LogProbs.Span[t], 1e-4f);
            }
        }
    }

    [Test]
    public void Sample_OnAnotherThread_ComputesWithTheNumberOfThreadsOfItsCaller()
    {
        List<int> seen = [];
        var progress = new Watch(_ => seen.Add(get_num_threads()));
        using var policy = TinyModels.Policy(options: new TransformerPolicyOptions { Progress = progress });
        PoolThreads.SetNumThreads(2);
        set_num_threads(3);
        policy.Sample(Requests(2), Options);
        seen.Should().NotBeEmpty().And.AllBeEquivalentTo(3);
    }

    [Test]
    public void Sample_MoreSamplesOfARequest_KeepTheFirstOnes()
    {
        using var policy = TinyModels.Policy();
        SamplingRequest request = Requests(1)[0];
        var few = policy.Sample([new SamplingRequest(request.PromptTokenIds, 2, request.Seed)], Options)[0];
        var many = policy.Sample([new SamplingRequest(request.PromptTokenIds, 6, request.Seed)], Options)[0];
        many.Take(2).Select(t => t.Text).Should().Equal(few.Select(t => t.Text));
        many.Select(t => t.Text).Distinct().Count().Should().BeGreaterThan(3, "every sample has a random stream of its own");
    }

    [Test]
    public void Sample_CacheBound_QueuesInsteadOfGrowing()
    {
        SamplingRequest[] requests = Requests(5);
        long row = (Options.MaxTokens + 9) * KvCache.BytesPerToken(TinyModels.Config(), ScalarType.Float32);
        using var bounded = TinyModels.Policy(options: new TransformerPolicyOptions { CacheBytes = 2 * row });
        using var free = TinyModels.Policy();
        bounded.Sample(requests, Options).SelectMany(g => g).Select(t => t.Text)
            .Should().Equal(free.Sample(requests, Options).SelectMany(g => g).Select(t => t.Text));
        using var impossible = TinyModels.Policy(options: new TransformerPolicyOptions { CacheBytes = row / 2 });
        impossible.Invoking(p => p.Sample(requests, Options)).Should().Throw<InvalidOperationException>().WithMessage("*bytes*raise the bound*");
    }

    [Test]
    public void Sample_StopToken_IsLastAndLeavesNoText()
    {
        using var policy = TinyModels.Policy();
        var trajectories = policy.Sample([.. Requests(12).Select(r => new SamplingRequest(r.PromptTokenIds, 8, r.Seed))], new SamplingOptions { MaxTokens = 40 }).SelectMany(g => g)
            .ToArray();
        trajectories.Should().Contain(t => t.FinishReason == FinishReason.Stop).And.Contain(t => t.FinishReason == FinishReason.Length);
        foreach (Trajectory t in trajectories)
        {
            int stop = t.TokenIds.Span.IndexOf(7);
            t.FinishReason.Should().Be(stop >= 0 ? FinishReason.Stop : FinishReason.Length);
            if (stop >= 0) stop.Should().Be(t.TokenIds.Length - 1);
            else t.TokenIds.Length.Should().Be(40);
            t.Text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse).Should().Equal(t.TokenIds.ToArray().Where(id => id != 7));
            t.TextEnds.Length.Should().Be(t.TokenIds.Length);
            t.TextEnds.Span[^1].Should().Be(t.Text.Length);
        }
    }

    [Test]
    public void Sample_Context_EndsTheResponse()
    {
        using var policy = TinyModels.Policy(options: new TransformerPolicyOptions { ContextTokens = 10, StopTokenIds = [] });
        policy.Sample([new SamplingRequest(new[] { 1, 2, 3, 4 }, 1, 0)], new SamplingOptions { MaxTokens = 100 })[0][0].TokenIds.Length.Should().Be(6);
        policy.Invoking(p => p.Sample([new SamplingRequest(new int[10], 1, 0)], Options))
            .Should().Throw<PromptTooLongException>().WithMessage("*request 0*10 tokens*context*10*");
    }

    [Test]
    public void Sample_Canceled_StopsBetweenTokens()
    {
        using var source = new CancellationTokenSource();
        var progress = new Watch(_ => source.Cancel());
        using var policy = TinyModels.Policy(options: new TransformerPolicyOptions { StopTokenIds = [], ConcurrentSequences = 1, Progress = progress });
        policy.Invoking(p => p.SampleAsync(Requests(20), Options, source.Token).GetAwaiter().GetResult()).Should().Throw<OperationCanceledException>();
        progress.Reports.Should().Be(1, "the other sequences were not begun");
    }

    [Test]
    public void Sample_BadInput_SaysWhatIsExpected()
    {
        using var policy = TinyModels.Policy();
        policy.Invoking(p => p.Sample([new SamplingRequest(new[] { 50 }, 1, 0)], Options))
            .Should().Throw<ArgumentOutOfRangeException>().WithMessage("*outside the vocabulary*49*");
        policy.Invoking(p => p.Sample([new SamplingRequest(default, 1, 0)], Options)).Should().Throw<ArgumentException>().WithMessage("*request 0 is empty*");
        policy.Invoking(p => p.Sample([new SamplingRequest(new[] { 1 }, 0, 0)], Options))
            .Should().Throw<ArgumentOutOfRangeException>().WithMessage("*0 trajectories*at least 1*");
        foreach (SamplingOptions wrong in (SamplingOptions[])[new() { Temperature = -1 }, new() { TopP = 0 }, new() { MinP = 1 }, new() { TopK = -1 },
            new() { MaxTokens = 0 }])
            policy.Invoking(p => p.Sample(Requests(1), wrong)).Should().Throw<OptionsValidationException>().WithMessage("*must be*");
    }

    private static SamplingRequest[] Requests(int count)
        => [.. Enumerable.Range(0, count).Select(i => new SamplingRequest(Enumerable.Range(0, 1 + (i * 5 % 9)).Select(t => ((t * 11) + (i * 3)) % 50)
            .ToArray(), 1 + (i % 4), (ulong)(1000 + i)))];

    private sealed class Watch(Action<SamplingProgress> then) : IProgress<SamplingProgress>
    {
        public int Reports { get; private set; }

        public void Report(SamplingProgress value)
        {
            Reports++;
            then(value);
        }
    }
}
