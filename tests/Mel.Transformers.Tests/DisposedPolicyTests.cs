using Mel.Rollouts;
using Mel.Transformers.Estimation;
using Mel.Transformers.Sampling;
using Mel.Transformers.Tests.Fakes;

namespace Mel.Transformers.Tests;

/// <summary>A policy that was released says so, and one that is released in the middle of a call ends the call with the same exception.</summary>
[TestFixture]
public sealed class DisposedPolicyTests
{
    private static readonly SamplingOptions Options = new() { MaxTokens = 30 };

    private static readonly TransformerPolicyOptions NeverStopping = new() { StopTokenIds = [] };

    [Test]
    public async Task EveryCall_AfterDispose_SaysSo()
    {
        TransformerPolicy policy = TinyModels.Policy();
        IPolicy reference = policy.Reference;
        TokenBatch batch = new([new TokenSequence(new[] { 1 }, new[] { 2 })]);
        policy.Dispose();
        policy.Dispose();

        Action[] calls =
        [
            () => policy.Score(batch), () => policy.Score(batch, (scores, _) => scores.LogProbs), () => policy.Encode("1"), () => _ = policy.Parameters,
            () => policy.Save("nowhere"), () => policy.Estimate(new ResourceEstimateOptions()), () => reference.Score(batch), () => reference.Encode("1"),
            () => _ = reference.Parameters, () => _ = policy.Model.Parameters, () => policy.Model.Hidden([new[] { 1 }], out _),
            () => policy.Model.AddLora(new(), 0), () => policy.Model.MergeLora(),
        ];
        foreach (Action call in calls) call.Should().Throw<ObjectDisposedException>();
        foreach (IPolicy disposed in (IPolicy[])[policy, reference])
            await FluentActions.Awaiting(() => disposed.SampleAsync([new SamplingRequest(new[] { 1 }, 1, 1)], Options)).Should().ThrowAsync<ObjectDisposedException>();
        await FluentActions.Awaiting(() => DrainAsync(policy)).Should().ThrowAsync<ObjectDisposedException>();
    }

    [Test]
    public async Task Sample_DisposedInTheMiddle_EndsWithTheTypedError()
    {
        TransformerPolicy? policy = null;
        policy = TinyModels.Policy(options: new() { StopTokenIds = [], Progress = new Then(() => policy!.Dispose()) });
        // The first request has room for one token, and the policy is disposed when it ends; the other is in the middle.
        SamplingRequest[] requests = [new(Enumerable.Repeat(1, 63).ToArray(), 1, 1), new(new[] { 1 }, 1, 1)];

        await FluentActions.Awaiting(() => policy.SampleAsync(requests, Options)).Should().ThrowAsync<ObjectDisposedException>();

        FluentActions.Invoking(() => policy.Model.Parameters).Should().Throw<ObjectDisposedException>("the model is released when the call has ended");
    }

    [Test]
    public async Task Stream_DisposedInTheMiddle_EndsWithTheTypedError()
    {
        TransformerPolicy? policy = null;
        int decoded = 0;
        policy = new TransformerPolicy(TinyModels.Model(), new NumberTokenizer(() => { if (++decoded == 3) policy!.Dispose(); }), null, NeverStopping);

        (await FluentActions.Awaiting(() => DrainAsync(policy)).Should().ThrowAsync<ObjectDisposedException>())
            .WithMessage("The policy was disposed while it sampled.*").Which.ObjectName.Should().Be(typeof(TransformerPolicy).FullName);

        FluentActions.Invoking(() => policy.Model.Parameters).Should().Throw<ObjectDisposedException>();
    }

    [Test]
    public async Task Sample_CanceledByItsCaller_IsCanceledAndNotDisposed()
    {
        using CancellationTokenSource source = new();
        using TransformerPolicy policy = TinyModels.Policy(options: new() { StopTokenIds = [], Progress = new Then(source.Cancel) });
        SamplingRequest[] requests = [new(Enumerable.Repeat(1, 63).ToArray(), 1, 1), new(new[] { 1 }, 1, 1)];

        (await FluentActions.Awaiting(() => policy.SampleAsync(requests, Options, source.Token)).Should().ThrowAsync<OperationCanceledException>())
            .Which.CancellationToken.Should().Be(source.Token);
    }

    [Test]
    public void Reference_ShowsTheWeightsThatAreBehindIt()
    {
        using TransformerPolicy policy = TinyModels.Policy();
        policy.Reference.Parameters.Values.Should().Equal(policy.Parameters.Values, "without adapters the reference is the policy");

        policy.Model.AddLora(new(), 1);

        policy.Reference.Parameters.Values.Should().OnlyContain(w => !w.requires_grad);
        policy.Reference.Parameters.Keys.Should().NotIntersectWith(policy.Parameters.Keys);
    }

    private static async Task DrainAsync(TransformerPolicy policy)
    {
        await foreach (StreamedToken _ in policy.StreamAsync(new[] { 1 }, Options, 1)) { }
    }

    private sealed class Then(Action action) : IProgress<SamplingProgress>
    {
        public void Report(SamplingProgress value) => action();
    }
}
