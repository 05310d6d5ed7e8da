using Mel.Advantages;
using Mel.Experiences;
using Mel.Objectives;
using Mel.Prompts;
using Mel.Rollouts;
using Mel.Runtime;
using Mel.Testing;
using Mel.Verification;
using Microsoft.Extensions.AI;
using TorchSharp;

namespace Mel.Core.Tests.Rollouts;

/// <summary>A delegating base passes each argument through untouched and hands back the very result.</summary>
[TestFixture]
public sealed class DelegatingTests
{
    private static readonly CancellationToken Token = new CancellationTokenSource().Token;

    private static readonly ChatMessage[] Turns = [new(ChatRole.User, "text")];

    [Test]
    public async Task Sampler_PassesEverythingThrough()
    {
        Fake inner = new();
        DelegatingSampler outer = new DelegatingSampler(inner);
        SamplingRequest[] requests = [new(new[] { 1 }, 2, 3)];
        SamplingOptions options = new();

        outer.ContextTokens.Should().Be(17);
        outer.Encode(Turns).ToArray().Should().Equal(5);
        outer.AllowsOverlap.Should().BeTrue();
        (await outer.SampleAsync(requests, options, Token)).Should().BeSameAs(inner.Sampled);

        inner.Seen.Should().Equal(Turns, requests, options, Token);
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
        outer.Encode(Turns).ToArray().Should().Equal(5);
        outer.AllowsOverlap.Should().BeTrue();
        (await outer.SampleAsync(requests, options, Token)).Should().BeSameAs(inner.Sampled);
        outer.Parameters.Should().BeSameAs(inner.Parameters);
        outer.Score(batch).Should().BeSameAs(inner.Scores);

        inner.Seen.Should().Equal(Turns, requests, options, Token, batch);
    }

    [Test]
    public async Task Verifier_PassesEverythingThrough()
    {
        Fake inner = new();
        Prompt prompt = new("q", "q", "?");
        Trajectory trajectory = Trajectories.Of("x");

        (await new DelegatingVerifier(inner).VerifyAsync(prompt, trajectory, Token)).Verdict.Should().Be(Verdict.Unverifiable);

        inner.Seen.Should().Equal(prompt, trajectory, Token);
    }

    [Test]
    public async Task AdvantageEstimator_PassesEverythingThrough()
    {
        Fake inner = new();
        DelegatingAdvantageEstimator outer = new DelegatingAdvantageEstimator(inner);
        RolloutBatch rollouts = new([]);

        (await outer.EstimateAsync(rollouts, Token)).Should().BeSameAs(inner.Advantages);
        outer.MinimumGroupSize.Should().Be(3);
        outer.Needs.Should().Be(RolloutNeeds.ReferenceLogProbs);

        inner.Seen.Should().Equal(rollouts, Token);
    }

    [Test]
    public async Task ExperienceExtractor_PassesEverythingThrough()
    {
        Fake inner = new();
        ExtractionRequest request = new([], 9, 2);

        (await new DelegatingExperienceExtractor(inner).ExtractAsync(request, Token)).Should().BeSameAs(inner.Extracted);

        inner.Seen.Should().Equal(request, Token);
    }

    [Test]
    public void Objective_PassesEverythingThrough()
    {
        Fake inner = new();
        TrainingBatch batch = TrainingBatch.Create(new RolloutBatch([]), []);
        DelegatingObjective outer = new DelegatingObjective(inner);

        outer.Terms(batch).Should().BeSameAs(inner.OwnTerms);
        outer.Needs.Should().Be(RolloutNeeds.ReferenceLogProbs);

        inner.Seen.Should().Equal(batch);
    }

    [Test]
    public void AllOfThem_DescribeWhatTheyWrap()
    {
        Fake inner = new();
        foreach (IRunPart outer in new IRunPart[]
        {
            new DelegatingSampler(inner), new DelegatingPolicy(inner), new DelegatingVerifier(inner), new DelegatingAdvantageEstimator(inner), new DelegatingExperienceExtractor(inner), new DelegatingObjective(inner),
        })
        {
            RunIdentity identity = new();
            identity.Add("part", outer);
            Dictionary<string, string> expected = new() { ["part"] = outer.GetType().Name, ["part.inner"] = nameof(Fake) };
            // A run knows a policy by its shape and weights, whoever passes them on.
            if (outer is DelegatingPolicy) expected.Remove("part.inner");
            identity.Values.Should().Equal(expected);
            identity.States.Should().Equal(new Dictionary<string, IRunState> { ["part.inner"] = inner });
        }
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

    private sealed class Fake : IPolicy, IVerifier, IAdvantageEstimator, IExperienceExtractor, IObjective, IRunState
    {
        public List<object> Seen { get; } = [];

        public IReadOnlyList<IReadOnlyList<Trajectory>> Sampled { get; } = [[Trajectories.Of("sampled")]];

        public TokenScores Scores { get; } = new(null!);

        public IReadOnlyList<IReadOnlyList<Advantage>> Advantages { get; } = [[Advantage.OfTrajectory(1)]];

        public ExtractionResult Extracted { get; } = new();

        public IReadOnlyList<ILossTerm> OwnTerms { get; } = [];

        public int ContextTokens => 17;

        public bool AllowsOverlap => true;

        public int MinimumGroupSize => 3;

        public RolloutNeeds Needs => RolloutNeeds.ReferenceLogProbs;

        public IReadOnlyDictionary<string, torch.Tensor> Parameters { get; } = new Dictionary<string, torch.Tensor>();

        public ReadOnlyMemory<int> Encode(IReadOnlyList<ChatMessage> messages) => Saw(new ReadOnlyMemory<int>([5]), messages);

        public Task<IReadOnlyList<IReadOnlyList<Trajectory>>> SampleAsync(IReadOnlyList<SamplingRequest> requests, SamplingOptions options, CancellationToken cancellationToken = default)
            => Saw(Task.FromResult(Sampled), requests, options, cancellationToken);

        public TokenScores Score(TokenBatch batch) => Saw(Scores, batch);

        public ValueTask<Judgement> VerifyAsync(Prompt prompt, Trajectory trajectory, CancellationToken cancellationToken = default)
            => ValueTask.FromResult(Saw<Judgement>(Verdict.Unverifiable, prompt, trajectory, cancellationToken));

        public ValueTask<IReadOnlyList<IReadOnlyList<Advantage>>> EstimateAsync(RolloutBatch rollouts, CancellationToken cancellationToken = default)
            => ValueTask.FromResult(Saw(Advantages, rollouts, cancellationToken));

        public Task<ExtractionResult> ExtractAsync(ExtractionRequest request, CancellationToken cancellationToken = default)
            => Saw(Task.FromResult(Extracted), request, cancellationToken);

        public IReadOnlyList<ILossTerm> Terms(TrainingBatch batch) => Saw(OwnTerms, batch);

        public ReadOnlyMemory<byte> SaveState() => default;

        public void LoadState(ReadOnlyMemory<byte> state)
        {
        }

        private T Saw<T>(T result, params object[] arguments)
        {
            Seen.AddRange(arguments);
            return result;
        }
    }
}
