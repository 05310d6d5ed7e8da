using Mel.Advantages;
using Mel.Algorithms;
using Mel.Diagnostics;
using Mel.Experiences;
using Mel.Objectives;
using Mel.Prompts;
using Mel.Rewards;
using Mel.Rollouts;
using Mel.Testing;
using Mel.Training;
using Mel.Verification;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using static Mel.Core.Tests.Training.TinyRun;

namespace Mel.Core.Tests.Training;

/// <summary>An exception leaves a run as its part threw it, with the part, the prompt and the step beside it.</summary>
[TestFixture, NoTensorLeaks]
public sealed class RunFailureTests
{
    private static IEnumerable<TestCaseData> Parts()
    {
        yield return Case("verifier", "Step 2: the verifier Broken failed at prompt '?', trajectory ?.");
        yield return Case("sampler", "Step 2: the sampler Broken failed.");
        yield return Case("encode", "Step 2: the sampler Broken failed at prompt '?'.");
        yield return Case("shaper", "Step 2: the reward shaper Broken failed at prompt '?'.");
        yield return Case("filter", "Step 2: the filter Broken failed at prompt '?'.");
        yield return Case("extractor", "Step 2: the extractor Broken failed.");
        yield return Case("estimator", "Step 2: the estimator Broken failed.");
        yield return Case("source", "Step 2: the prompt source Broken failed.");
        yield return Case("policy", "Step 2: the policy Broken failed.");
        yield return Case("objective", "Step 2: the objective BrokenObjective failed.");
        yield return Case("service", "Step 2: the service Broken failed.");
        yield return Case("report", "Step 2: the service Broken failed.");
    }

    [TestCaseSource(nameof(Parts))]
    public async Task Run_APartThrows_ItsExceptionLeavesWithItsPlace(string part, string sentence)
    {
        HttpRequestException cause = new("502 Bad Gateway");

        HttpRequestException seen = (await FluentActions.Awaiting(() => RunAsync(part, cause)).Should().ThrowAsync<HttpRequestException>()).Which;

        seen.Should().BeSameAs(cause);
        RunFailure.Of(seen).Should().Match(sentence);
    }

    [TestCaseSource(nameof(Parts))]
    public async Task Run_APartIsCanceledThoughNobodyCanceledTheRun_IsATimeout(string part, string sentence)
    {
        TaskCanceledException cause = new("HttpClient.Timeout of 10 seconds elapsing");

        TimeoutException seen = (await FluentActions.Awaiting(() => RunAsync(part, cause)).Should().ThrowAsync<TimeoutException>()).Which;

        seen.InnerException.Should().BeSameAs(cause);
        RunFailure.Of(seen).Should().StartWith(sentence[..6]);
    }

    [Test]
    public async Task Run_VerifierFailuresAsVerdicts_AreCountedAndLogged()
    {
        TrainerOptions options = Options(steps: 1);
        options.Verification.OnFailure = VerifierFailure.Unverifiable;
        RecordingLogger<Trainer> logger = new();
        int n = 0;
        IVerifier some = Verifier.From((Prompt _, Trajectory _) => Interlocked.Increment(ref n) <= 3 ? throw new HttpRequestException("502") : Verdict.Incorrect);

        Outcome run = await TinyRun.RunAsync(options, Algorithm.Grpo(), withExperiences: false, verifier: some, parts: new() { Logger = logger });

        run.Steps[0].Metrics[MetricNames.VerifierFailures].Should().Be(3);
        run.Steps[0].Metrics[MetricNames.FractionUnverifiable].Should().Be(3.0 / 32);
        LoggedEvent logged = logger.Events.Should().ContainSingle(e => e.Id == 1104).Which;
        logged.Level.Should().Be(LogLevel.Warning);
        logged.Message.Should().Match("Step 1: 3 judgements failed and count as not judged. The first: The verifier FunctionVerifier failed at prompt '?', trajectory ?. HttpRequestException: 502");
    }

    [Test]
    public async Task Run_ProgressReceiverThrows_IsNamedItself()
    {
        FormatException seen = (await FluentActions.Awaiting(() => TinyRun.RunAsync(Options(steps: 2), Algorithm.Grpo(), withExperiences: false, then: _ => throw new FormatException()))
            .Should().ThrowAsync<FormatException>()).Which;

        RunFailure.Of(seen).Should().Be("Step 1: the progress receiver RecordingProgress failed.");
    }

    [Test]
    public async Task Run_AfterOneThatFailed_CountsItsOwnVerifierFailures()
    {
        using BigramPolicy policy = Policy();
        TrainerOptions options = Options(steps: 1);
        options.Verification.OnFailure = VerifierFailure.Unverifiable;
        int n = 0;
        IVerifier some = Verifier.From((Prompt _, Trajectory _) => Interlocked.Increment(ref n) <= 3 ? throw new HttpRequestException("502") : Verdict.Incorrect);
        FailsOnce estimator = new();
        Trainer trainer = new(policy, some, Algorithm.Grpo() with { Advantages = estimator }, options);
        await trainer.Awaiting(t => t.RunAsync(Questions())).Should().ThrowAsync<FormatException>();

        (await trainer.RunAsync(Questions())).Last!.Metrics[MetricNames.VerifierFailures].Should().Be(0);
    }

    [Test]
    public void Of_ExceptionOfAnotherKind_SaysNothing() => RunFailure.Of(new FormatException()).Should().BeNull();

    [Test]
    public void Of_Wrapped_FindsTheInnerNote()
    {
        FormatException inner = new();
        RunFailure.Attach(inner, new PartPlace("verifier", this, new string('x', 200), 3));

        RunFailure.Of(new InvalidOperationException("outer", inner)).Should().Be($"The verifier RunFailureTests failed at prompt '{new string('x', 80)}... (200 characters)', trajectory 3.");
    }

    [Test]
    public void Attach_ASecondPart_KeepsTheInnermost()
    {
        FormatException e = new();
        RunFailure.Attach(e, new PartPlace("verifier", "inner"));
        RunFailure.Attach(e, new PartPlace("extractor", this));
        RunFailure.AttachStep(e, 5);
        RunFailure.AttachStep(e, 6);

        RunFailure.Of(e).Should().Be("Step 5: the verifier String failed.");
    }

    [Test]
    public void AttachStep_NoPartKnown_SaysTheStep()
    {
        FormatException e = new();
        RunFailure.AttachStep(e, 5);

        RunFailure.Of(e).Should().Be("Step 5 failed.");
    }

    private static TestCaseData Case(string part, string sentence) => new TestCaseData(part, sentence).SetArgDisplayNames(part);

    private static async Task RunAsync(string part, Exception cause)
    {
        using BigramPolicy policy = Policy();
        Broken broken = new(policy, part, cause);
        Algorithm algorithm = Algorithm.Grpo() with { Shaper = broken, Filter = broken, Advantages = broken };
        algorithm = algorithm.WithMetaExperience() with { Experiences = (_, _, _) => broken };
        algorithm = algorithm with { Objective = new BrokenObjective(algorithm.Objective, broken) };
        TrainerParts parts = new() { Services = [broken] };
        Trainer trainer = new(broken, broken, algorithm, Options(steps: 3), parts);
        await trainer.RunAsync(broken, new RecordingProgress(r => broken.Armed = r.Step == 1));
    }

    private sealed class FailsOnce() : DelegatingAdvantageEstimator(new GroupRelativeAdvantage())
    {
        private bool _failed;

        public override ValueTask<IReadOnlyList<IReadOnlyList<Advantage>>> EstimateAsync(RolloutBatch rollouts, CancellationToken cancellationToken = default)
        {
            if (_failed) return base.EstimateAsync(rollouts, cancellationToken);
            _failed = true;
            throw new FormatException();
        }
    }

    private sealed class BrokenObjective(IObjective inner, Broken broken) : DelegatingObjective(inner)
    {
        public override IReadOnlyList<ILossTerm> Terms(TrainingBatch batch)
        {
            broken.Throw("objective");
            return base.Terms(batch);
        }
    }

    /// <summary>Every part of a run in one, of which one throws from the second step on.</summary>
    private sealed class Broken(BigramPolicy inner, string part, Exception cause)
        : DelegatingPolicy(inner), IVerifier, IRewardShaper, IGroupFilter, IExperienceExtractor, IAdvantageEstimator, IPromptSource, IRunService
    {
        private readonly PromptList _prompts = Questions();

        public bool Armed { get; set; }

        public void Throw(string name)
        {
            if (Armed && name == part) throw cause;
        }

        public override ReadOnlyMemory<int> Encode(IReadOnlyList<ChatMessage> messages)
        {
            Throw("encode");
            return base.Encode(messages);
        }

        public override Task<IReadOnlyList<IReadOnlyList<Trajectory>>> SampleAsync(
            IReadOnlyList<SamplingRequest> requests, SamplingOptions options, CancellationToken cancellationToken = default)
        {
            Throw("sampler");
            return base.SampleAsync(requests, options, cancellationToken);
        }

        public override TokenScores Score(TokenBatch batch)
        {
            Throw("policy");
            return base.Score(batch);
        }

        public ValueTask<Judgement> VerifyAsync(Prompt prompt, Trajectory trajectory, CancellationToken cancellationToken = default)
        {
            Throw("verifier");
            return Judge.VerifyAsync(prompt, trajectory, cancellationToken);
        }

        public RolloutGroup Shape(RolloutGroup group)
        {
            Throw("shaper");
            return group;
        }

        public bool Keep(RolloutGroup group)
        {
            Throw("filter");
            return true;
        }

        public Task<ExtractionResult> ExtractAsync(ExtractionRequest request, CancellationToken cancellationToken = default)
        {
            Throw("extractor");
            return Task.FromResult(ExtractionResult.Empty);
        }

        public ValueTask<IReadOnlyList<IReadOnlyList<Advantage>>> EstimateAsync(RolloutBatch rollouts, CancellationToken cancellationToken = default)
        {
            Throw("estimator");
            return new GroupRelativeAdvantage().EstimateAsync(rollouts, cancellationToken);
        }

        public ValueTask<IReadOnlyList<Prompt>> TakeAsync(long position, int count, CancellationToken cancellationToken = default)
        {
            Throw("source");
            return _prompts.TakeAsync(position, count, cancellationToken);
        }

        public ValueTask StepAsync(RunContext run, StepReport report, CancellationToken cancellationToken)
        {
            Throw("service");
            return ValueTask.CompletedTask;
        }

        public ValueTask ReportAsync(RunContext run, StepReport report, CancellationToken cancellationToken)
        {
            Throw("report");
            return ValueTask.CompletedTask;
        }
    }
}
