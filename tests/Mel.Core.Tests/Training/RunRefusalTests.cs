using Mel.Advantages;
using Mel.Algorithms;
using Mel.Objectives;
using Mel.Testing;
using Mel.Training;
using Microsoft.Extensions.Options;
using static Mel.Core.Tests.Training.TinyRun;

namespace Mel.Core.Tests.Training;

/// <summary>A run whose parts do not fit together is refused when it is composed, not in its first step.</summary>
[TestFixture, NoTensorLeaks]
public sealed class RunRefusalTests
{
    [Test]
    public void Trainer_MetaExperienceTermWithoutExtractor_IsRefused()
        => Refused(Algorithm.Grpo() with { Objective = new MetaExperienceObjective(new ClippedSurrogateObjective()) },
            "The algorithm 'grpo' learns from meta-experiences, but nothing extracts any; make it with WithMetaExperience, or set Experiences.");

    [Test]
    public void Trainer_EstimatorThatReadsExperiencesWithoutExtractor_IsRefused()
        => Refused(Algorithm.Grpo() with { Advantages = new ReadsExperiences() },
            "The algorithm 'grpo' learns from meta-experiences, but nothing extracts any;*");

    [Test]
    public void Trainer_ExtractorThatNothingUses_IsRefused()
        => Refused(Algorithm.Grpo() with { Experiences = Loop },
            "The algorithm 'grpo' extracts meta-experiences that nothing learns from; make it with WithMetaExperience, or leave Experiences out.");

    [Test]
    public void Trainer_CorrectionOfRecordedLogProbs_IsRefused()
    {
        TrainerOptions options = Options();
        options.OldLogProbs = OldLogProbs.Recorded;

        Refused(Algorithm.Grpo(o => o.SamplerCorrection = new()),
            "The algorithm 'grpo' corrects for the sampler's probabilities, which needs the policy's own beside them; leave OldLogProbs at Auto.", options);
    }

    [Test]
    public void Trainer_RecordedLogProbsOfATruncatedDistribution_IsRefused()
    {
        using BigramPolicy policy = Policy();
        TrainerOptions options = Options();
        (options.Sampling.TopP, options.OldLogProbs) = (0.8, OldLogProbs.Recorded);

        FluentActions.Invoking(() => new Trainer(policy, Judge, Algorithm.Grpo(), options)).Should().Throw<OptionsValidationException>()
            .WithMessage("*OldLogProbs: must not be Recorded while tokens are cut off (top-k, top-p, min-p)*");
    }

    private static void Refused(Algorithm algorithm, string message, TrainerOptions? options = null)
    {
        using BigramPolicy policy = Policy();
        FluentActions.Invoking(() => new Trainer(policy, Judge, algorithm, options ?? Options())).Should().Throw<ArgumentException>().WithMessage(message);
    }

    private sealed class ReadsExperiences() : DelegatingAdvantageEstimator(new GroupRelativeAdvantage())
    {
        public override RolloutNeeds Needs => base.Needs | RolloutNeeds.Experiences;
    }
}
