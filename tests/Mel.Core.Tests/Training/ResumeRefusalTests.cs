using Mel.Advantages;
using Mel.Algorithms;
using Mel.Checkpoints;
using Mel.Experiences;
using Mel.Objectives;
using Mel.Rewards;
using Mel.Rollouts;
using Mel.Testing;
using Mel.Training;
using Mel.Verification;
using static Mel.Core.Tests.Training.TinyRun;

namespace Mel.Core.Tests.Training;

/// <summary>Whatever changes the numbers of a run is part of the run: a checkpoint of another is refused, and the message names the difference.</summary>
[TestFixture, NoTensorLeaks]
public sealed class ResumeRefusalTests
{
    [TestCaseSource(nameof(Changes))]
    public async Task Resume_WithAnotherPart_IsRefusedAndNamed(Algorithm first, Algorithm second, string difference)
    {
        using TemporaryFolder folder = new();
        TrainerOptions options = Options(steps: 2);
        options.CheckpointFolder = folder.Path;
        await RunAsync(options, first, withExperiences: false);
        options.Steps = 4;
        using BigramPolicy policy = Policy(seed: 5);
        float[] before = policy.Snapshot();

        (await FluentActions.Awaiting(() => RunAsync(options, second, policy, withExperiences: false)).Should().ThrowAsync<CheckpointException>())
            .WithMessage($"*belongs to a run with other settings: *{difference}*Choose another checkpoint folder, or the settings of that run.");
        policy.Snapshot().Should().Equal(before);
    }

    [Test]
    public async Task Resume_WithTheSamePartsMadeAnew_GoesOn()
    {
        using TemporaryFolder folder = new();
        TrainerOptions options = Options(steps: 2);
        options.CheckpointFolder = folder.Path;
        await RunAsync(options, Everything(), withExperiences: false);
        options.Steps = 3;

        (await RunAsync(options, Everything(), withExperiences: false)).Steps.Select(s => s.Step).Should().Equal(3);

        static Algorithm Everything()
        {
            Algorithm dapo = Algorithm.Dapo(o => o.DualClip = 3, overlong: o => o.BufferTokens = 4) with { Filter = new MeanRewardRange(-5, 5) };
            return Learning(dapo, new() { Weight = 0.5 });
        }
    }

    private static IEnumerable<TestCaseData> Changes() =>
    [
        Case(Algorithm.Grpo(), Algorithm.Grpo(o => o.ClipRangeHigh = 0.28), "objective.ClipRangeHigh was 0.2 and is 0.28"),
        Case(Learning(Algorithm.Grpo()), Learning(Algorithm.Grpo(o => o.ClipRangeHigh = 0.28)), "objective.inner.ClipRangeHigh was 0.2 and is 0.28"),
        Case(Learning(Algorithm.Grpo()), Learning(Algorithm.Grpo(), new() { Weight = 0.5 }), "objective.Weight was 1 and is 0.5"),
        Case(Learning(Algorithm.Grpo()), Learning(Algorithm.Grpo(), new() { Conditioning = Conditioning.Both }),
            "objective.Conditioning was Retrospective and is Both"),
        Case(Learning(Algorithm.Grpo()), Learning(Algorithm.Cispo()), "objective.inner was ClippedSurrogateObjective and is CispoObjective"),
        Case(Learning(Algorithm.Grpo()), Algorithm.Grpo(), "experiences was ReplayValidatedExtractor and is none"),
        Case(Learning(Algorithm.Grpo()), Learning(Algorithm.Grpo()) with { Experiences = OneReplayLess },
            "experiences.ReplayCount was 8 and is 7"),
        Case(Algorithm.Grpo(), Algorithm.Grpo() with { Filter = new DynamicSampling() }, "filter was none and is DynamicSampling"),
        Case(Algorithm.Grpo() with { Filter = new MeanRewardRange(-1, 2) }, Algorithm.Grpo() with { Filter = new MeanRewardRange(-1, 3) },
            "filter.high was 2 and is 3"),
        Case(Algorithm.Grpo(), Algorithm.Grpo(advantages: o => o.Scale = AdvantageScale.None), "advantages.Scale was Group and is None"),
        Case(Algorithm.Grpo(), Algorithm.Grpo() with { Advantages = new OverlongFiltering(new GroupRelativeAdvantage()) },
            "advantages was GroupRelativeAdvantage and is OverlongFiltering"),
        Case(Algorithm.Grpo(), Algorithm.Grpo() with { Shaper = new OverlongPenalty() }, "shaper was none and is OverlongPenalty"),
        Case(Algorithm.Grpo(), Algorithm.Grpo() with { Objective = new RehearsalObjective(new ClippedSurrogateObjective()), Experiences = Loop },
            "objective was ClippedSurrogateObjective and is RehearsalObjective"),
    ];

    private static IExperienceExtractor OneReplayLess(ISampler sampler, IVerifier verifier, TimeProvider time)
    {
        ExperienceOptions options = ExperienceOptions();
        options.ReplayCount--;
        return ExperienceExtractor.Create(sampler, verifier, new ToyExperienceLanguage(), options, time);
    }

    private static TestCaseData Case(Algorithm first, Algorithm second, string difference)
        => new TestCaseData(first, second, difference).SetArgDisplayNames(difference);
}
