using Mel.Rewards;
using Mel.Advantages;
using Mel.Experiences;
using Mel.Objectives;
using Mel.Prompts;
using Mel.Rollouts;
using Mel.Testing;
using Mel.Verification;
using TorchSharp;

namespace Mel.Core.Tests.Rollouts;

/// <summary>A delegating base passes each argument through untouched and hands back the very result.</summary>
[TestFixture]
public sealed class DelegatingTests
{
    private static readonly CancellationToken Token = new CancellationTokenSource().Token;

    [Test]
    public async Task Sampler_PassesEverythingThrough()
    {
        Fake inner = new();
        DelegatingSampler outer = new DelegatingSampler(inner);
        SamplingRequest[] requests = [new(new[] { 1 }, 2, 3)];
        SamplingOptions options = new();

        outer.ContextTokens.Should().Be(17);
        outer.Encode("text").ToArray().Should().Equal(5);
        (await outer.SampleAsync(requests, options, Token)).Should().BeSameAs(inner.Sampled);

        inner.Seen.Should().Equal("text", requests, options, Token);
    }

    [Test]
    public async Task Policy_PassesEverythingThrough()
    {
        Fake inner = new();
        DelegatingPolicy outer = new DelegatingPolicy(inner);
        SamplingRequest[] requests = [new(new[] { 1 }, 2, 3)];
        SamplingOptions options = new();
        TokenBatch batch = new([new(new[] { 1 }, new[] { 2 })]);

        outer.ContextTokens.Should().Be(17);
        outer.Encode("text").ToArray().Should().Equal(5);
        (await outer.SampleAsync(requests, options, Token)).Should().BeSameAs(inner.Sampled);
        outer.Parameters.Should().BeSameAs(inner.Parameters);
        outer.Score(batch).Should().BeSameAs(inner.Scores);

        inner.Seen.Should().Equal("text", requests, options, Token, batch);
    }

    [Test]
    public async Task Verifier_PassesEverythingThrough()
    {
        Fake inner = new();
        Prompt prompt = new("q", "q", "?");
        Trajectory trajectory = Trajectories.Of("x");

        (await new DelegatingVerifier(inner).VerifyAsync(prompt, trajectory, Token)).Should().Be(Verdict.Unverifiable);

        inner.Seen.Should().Equal(prompt, trajectory, Token);
    }

    [Test]
    public void AdvantageEstimator_PassesEverythingThrough()
    {
        Fake inner = new();
        DelegatingAdvantageEstimator outer = new DelegatingAdvantageEstimator(inner);
        RolloutGroup[] groups = [];

        outer.Estimate(groups).Should().BeSameAs(inner.Advantages);
        outer.MinimumGroupSize.Should().Be(3);

        inner.Seen.Should().ContainSingle().Which.Should().BeSameAs(groups);
    }

    [Test]
    public async Task ExperienceExtractor_PassesEverythingThrough()
    {
        Fake inner = new();
        RolloutGroup[] groups = [];

        (await new DelegatingExperienceExtractor(inner).ExtractAsync(groups, 9, Token)).Should().BeSameAs(inner.Extracted);

        inner.Seen.Should().Equal(groups, 9UL, Token);
    }

    [Test]
    public void Objective_PassesEverythingThrough()
    {
        Fake inner = new();
        TrainingBatch batch = TrainingBatch.Create([], []);

        new DelegatingObjective(inner).Evaluate(inner, batch).Should().BeSameAs(inner.Result);

        inner.Seen.Should().Equal(inner, batch);
    }

    [Test]
    public void AllOfThem_WithoutAnInner_AreRefused()
    {
        foreach (Func<object> create in new Func<object>[]
        {
            () => new DelegatingSampler(null!), () => new DelegatingPolicy(null!), () => new DelegatingVerifier(null!), () => new DelegatingAdvantageEstimator(null!),
            () => new DelegatingExperienceExtractor(null!), () => new DelegatingObjective(null!),
        })
            create.Should().Throw<ArgumentNullException>().WithParameterName("inner");
    }

    private sealed class Fake : IPolicy, IVerifier, IAdvantageEstimator, IExperienceExtractor, IObjective
    {
        public List<object> Seen { get; } = [];

        public IReadOnlyList<IReadOnlyList<Trajectory>> Sampled { get; } = [[Trajectories.Of("sampled")]];

        public TokenScores Scores { get; } = new(null!);

        public IReadOnlyList<IReadOnlyList<Advantage>> Advantages { get; } = [[Advantage.OfTrajectory(1)]];

        public ExtractionResult Extracted { get; } = new();

        public ObjectiveResult Result { get; } = new([]);

        public int ContextTokens => 17;

        public int MinimumGroupSize => 3;

        public IReadOnlyDictionary<string, torch.Tensor> Parameters { get; } = new Dictionary<string, torch.Tensor>();

        public ReadOnlyMemory<int> Encode(string message) => Saw(new ReadOnlyMemory<int>([5]), message);

        public Task<IReadOnlyList<IReadOnlyList<Trajectory>>> SampleAsync(IReadOnlyList<SamplingRequest> requests, SamplingOptions options, CancellationToken cancellationToken = default)
            => Saw(Task.FromResult(Sampled), requests, options, cancellationToken);

        public TokenScores Score(TokenBatch batch) => Saw(Scores, batch);

        public ValueTask<Verdict> VerifyAsync(Prompt prompt, Trajectory trajectory, CancellationToken cancellationToken = default)
            => ValueTask.FromResult(Saw(Verdict.Unverifiable, prompt, trajectory, cancellationToken));

        public IReadOnlyList<IReadOnlyList<Advantage>> Estimate(IReadOnlyList<RolloutGroup> groups) => Saw(Advantages, groups);

        public Task<ExtractionResult> ExtractAsync(IReadOnlyList<RolloutGroup> groups, ulong seed, CancellationToken cancellationToken = default)
            => Saw(Task.FromResult(Extracted), groups, seed, cancellationToken);

        public ObjectiveResult Evaluate(IPolicy policy, TrainingBatch batch) => Saw(Result, policy, batch);

        private T Saw<T>(T result, params object[] arguments)
        {
            Seen.AddRange(arguments);
            return result;
        }
    }
}
