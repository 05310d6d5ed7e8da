using Mel.Rollouts;
using Mel.Transformers.Sampling;
using Mel.Transformers.Tests.Fakes;

namespace Mel.Transformers.Tests.Sampling;

[TestFixture]
public sealed class StreamingTests
{
    private static readonly SamplingOptions Options = new() { MaxTokens = 30 };

    [Test]
    public async Task Stream_Tokens_EqualTheSampledTrajectory()
    {
        using TransformerPolicy policy = TinyModels.Policy();
        for (ulong seed = 0; seed < 6; seed++)
        {
            int[] prompt = [3, 1, 4];
            Trajectory expected = (await policy.SampleAsync([new SamplingRequest(prompt, 1, seed)], Options))[0][0];
            var streamed = new List<StreamedToken>();
            await foreach (StreamedToken token in policy.StreamAsync(prompt, Options, seed)) streamed.Add(token);
            streamed.Select(t => t.TokenId).Should().Equal(expected.TokenIds.ToArray());
            streamed.Select(t => t.LogProb).Should().Equal(expected.LogProbs.ToArray());
            string.Concat(streamed.Select(t => t.Text)).Should().Be(expected.Text);
            streamed[^1].FinishReason.Should().Be(expected.FinishReason);
            streamed.SkipLast(1).Should().OnlyContain(t => t.FinishReason == null);
        }
    }

    [Test]
    public async Task Stream_LeftEarly_LeavesTheModelAtRest()
    {
        using TransformerPolicy policy = TinyModels.Policy(options: new TransformerPolicyOptions { StopTokenIds = [] });
        await foreach (StreamedToken _ in policy.StreamAsync(new[] { 1 }, Options, 1)) break;
        (await policy.SampleAsync([new SamplingRequest(new[] { 1 }, 1, 1)], Options))[0][0].TokenIds.Length.Should().Be(30);
    }

    [Test]
    public async Task Stream_CanceledOrFaulty_ThrowsToTheReader()
    {
        using TransformerPolicy policy = TinyModels.Policy(options: new TransformerPolicyOptions { StopTokenIds = [] });
        using var source = new CancellationTokenSource();
        Func<Task> canceled = async () =>
        {
            await foreach (StreamedToken _ in policy.StreamAsync(new[] { 1 }, Options, 1, source.Token)) await source.CancelAsync();
        };
        await canceled.Should().ThrowAsync<OperationCanceledException>();
        Func<Task> faulty = async () =>
        {
            await foreach (StreamedToken _ in policy.StreamAsync(new[] { 99 }, Options, 1)) { }
        };
        await faulty.Should().ThrowAsync<ArgumentOutOfRangeException>();
    }

    [Test]
    public async Task Progress_CountsTrajectoriesAndTokens()
    {
        var reports = new List<SamplingProgress>();
        using TransformerPolicy policy = TinyModels.Policy(options: new TransformerPolicyOptions { Progress = new Recorder(reports) });
        var sampled = await policy.SampleAsync([new SamplingRequest(new[] { 1 }, 3, 1), new SamplingRequest(new[] { 2, 3 }, 2, 1)], Options);
        reports.Select(r => r.Finished).Should().Equal(1, 2, 3, 4, 5);
        reports.Should().OnlyContain(r => r.Total == 5);
        reports[^1].Tokens.Should().Be(sampled.Sum(g => g.Sum(t => t.TokenIds.Length)));
    }

    private sealed class Recorder(List<SamplingProgress> reports) : IProgress<SamplingProgress>
    {
        public void Report(SamplingProgress value) => reports.Add(value);
    }
}
