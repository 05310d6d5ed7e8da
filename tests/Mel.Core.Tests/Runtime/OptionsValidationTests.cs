using Mel.Experiences;
using Mel.Losses;
using Mel.Objectives;
using Mel.Training;
using Microsoft.Extensions.Options;

namespace Mel.Core.Tests.Runtime;

/// <summary>Defaults and every message of the options that a run reads.</summary>
[TestFixture]
public sealed class OptionsValidationTests
{
    [Test]
    public void Defaults_AreValidAndThePapers()
    {
        new TrainerOptionsValidator().Validate(null, new TrainerOptions()).Succeeded.Should().BeTrue();
        new ExperienceOptionsValidator().Validate(null, new ExperienceOptions()).Succeeded.Should().BeTrue();
        new MetaExperienceOptionsValidator().Validate(null, new MetaExperienceOptions()).Succeeded.Should().BeTrue();
        new PolicyObjectiveOptionsValidator().Validate(null, new PolicyObjectiveOptions()).Succeeded.Should().BeTrue();
        new ClippedSurrogateOptionsValidator().Validate(null, new ClippedSurrogateOptions()).Succeeded.Should().BeTrue();
        new CispoOptionsValidator().Validate(null, new CispoOptions()).Succeeded.Should().BeTrue();

        new TrainerOptions().Should().BeEquivalentTo(new
        {
            Steps = 100, PromptsPerStep = 128, GroupSize = 8, MiniBatchPrompts = 0, Epochs = 1, MicroBatchTokens = 16384, MaxRefills = 3, Seed = 0UL, OldLogProbs = OldLogProbs.Auto, ReportTermGradients = false,
            CheckpointFolder = (string?)null, CheckpointEverySteps = 50,
            Sampling = new { Temperature = 1.0, TopK = 0, TopP = 1.0, MinP = 0.0, MaxTokens = 1024 },
            Optimizer = new { LearningRate = 1e-6, WarmupSteps = 0, Schedule = LearningRateSchedule.Constant, Beta1 = 0.9, Beta2 = 0.999, Epsilon = 1e-8, WeightDecay = 0.0, MaxGradientNorm = 1.0 },
        });
        new ExperienceOptions().Should().BeEquivalentTo(new
        {
            PairsPerPrompt = 1, PairSelection = PairSelection.Random, ExtractionTemperature = 1.0, ExtractionMaxTokens = 2048,
            Validate = true, ReplayCount = 1, RequiredSuccesses = 1, ReplayTemperature = 1.0, ReplayMaxTokens = (int?)null,
        });
        new MetaExperienceOptions().Should().BeEquivalentTo(new
        {
            Weight = 1.0, Scaling = TermScalingKind.Fixed, Normalization = ExperienceNormalization.PromptMeanAll, Conditioning = Conditioning.Retrospective, Target = InternalizationTarget.Experience,
        });
        new ClippedSurrogateOptions().Should().BeEquivalentTo(new
        {
            ClipRangeLow = 0.2, ClipRangeHigh = 0.2, DualClip = (double?)null, RatioLevel = RatioLevel.Token, Delta = (double?)null, MaxLogRatio = 20.0,
            Aggregation = Aggregation.TokenMean, FixedLength = (int?)null, SamplerCorrection = (SamplerCorrectionOptions?)null, KlCoefficient = 0.0, KlEstimator = KlEstimator.K2, EntropyCoefficient = 0.0, ReportEntropy = true,
        });
        new CispoOptions().Should().BeEquivalentTo(new { MaxWeight = 5.0, MinWeight = 0.0 });
    }

    [TestCaseSource(nameof(TrainerCases))]
    public void Trainer_BrokenRule_IsNamed(Action<TrainerOptions> change, string message) => Check(new TrainerOptionsValidator(), change, message);

    [TestCaseSource(nameof(ExperienceCases))]
    public void Experience_BrokenRule_IsNamed(Action<ExperienceOptions> change, string message) => Check(new ExperienceOptionsValidator(), change, message);

    [TestCaseSource(nameof(MetaExperienceCases))]
    public void MetaExperience_BrokenRule_IsNamed(Action<MetaExperienceOptions> change, string message) => Check(new MetaExperienceOptionsValidator(), change, message);

    [TestCaseSource(nameof(SurrogateCases))]
    public void ClippedSurrogate_BrokenRule_IsNamed(Action<ClippedSurrogateOptions> change, string message) => Check(new ClippedSurrogateOptionsValidator(), change, message);

    [TestCaseSource(nameof(CispoCases))]
    public void Cispo_BrokenRule_IsNamed(Action<CispoOptions> change, string message) => Check(new CispoOptionsValidator(), change, message);

    [Test]
    public void Validate_SeveralBrokenRules_NamesAll()
        => new TrainerOptionsValidator().Validate(null, new TrainerOptions { Steps = 0, Epochs = 0 }).Failures.Should().HaveCount(2);

    private static IEnumerable<TestCaseData> TrainerCases() =>
    [
        Case<TrainerOptions>(o => o.Steps = 0, "Property Steps: must be at least 1, got 0"),
        Case<TrainerOptions>(o => o.PromptsPerStep = 0, "Property PromptsPerStep: must be at least 1, got 0"),
        Case<TrainerOptions>(o => o.GroupSize = 0, "Property GroupSize: must be at least 1, got 0"),
        Case<TrainerOptions>(o => o.MiniBatchPrompts = -1, "Property MiniBatchPrompts: must be at least 0, got -1"),
        Case<TrainerOptions>(o => o.MiniBatchPrompts = 129, "Property MiniBatchPrompts: must be at most PromptsPerStep = 128, got 129: an update cannot hold more questions than a step samples"),
        Case<TrainerOptions>(o => o.Epochs = 0, "Property Epochs: must be within [1, 1000], got 0"),
        Case<TrainerOptions>(o => o.MicroBatchTokens = 0, "Property MicroBatchTokens: must be at least 1, got 0"),
        Case<TrainerOptions>(o => o.MaxRefills = -1, "Property MaxRefills: must be at least 0, got -1"),
        Case<TrainerOptions>(o => o.CheckpointEverySteps = 0, "Property CheckpointEverySteps: must be at least 1, got 0"),
        Case<TrainerOptions>(o => o.Sampling = new() { Temperature = 0 }, "Property Sampling.Temperature: must be greater than 0, got 0: greedy attempts at one question are all the same"),
        Case<TrainerOptions>(o => o.Sampling = new() { TopK = -1 }, "Property Sampling.TopK: must be at least 0, got -1"),
        Case<TrainerOptions>(o => o.Sampling = new() { TopP = 0 }, "Property Sampling.TopP: must be within (0, 1], got 0"),
        Case<TrainerOptions>(o => o.Sampling = new() { MinP = 1 }, "Property Sampling.MinP: must be within [0, 1), got 1"),
        Case<TrainerOptions>(o => o.Sampling = new() { MaxTokens = 0 }, "Property Sampling.MaxTokens: must be at least 1, got 0"),
        Case<TrainerOptions>(o => (o.Sampling, o.OldLogProbs) = (new() { TopP = 0.8 }, OldLogProbs.Recorded), "Property OldLogProbs: must not be Recorded while tokens are cut off (top-k, top-p, min-p): *"),
        Case<TrainerOptions>(o => o.OldLogProbs = (OldLogProbs)7, "Property OldLogProbs: must be one of Auto, Recorded, Recomputed, got 7"),
        Case<TrainerOptions>(o => o.Sampling = null!, "Property Sampling: must not be null; leave it out for the defaults"),
        Case<TrainerOptions>(o => o.Optimizer = null!, "Property Optimizer: must not be null; leave it out for the defaults"),
        Case<TrainerOptions>(o => o.Optimizer.LearningRate = double.NaN, "Property Optimizer.LearningRate: must be within [0, 1], got NaN"),
        Case<TrainerOptions>(o => o.Optimizer.LearningRate = -1, "Property Optimizer.LearningRate: must be within [0, 1], got -1"),
        Case<TrainerOptions>(o => o.Optimizer.LearningRate = 1e38, "Property Optimizer.LearningRate: must be within [0, 1], got 1E+38"),
        Case<TrainerOptions>(o => o.Optimizer.LearningRate = 1.5, "Property Optimizer.LearningRate: must be within [0, 1], got 1.5"),
        Case<TrainerOptions>(o => (o.Optimizer.LearningRate, o.Optimizer.Epsilon) = (101, 100), "Property Optimizer.LearningRate: must be within [0, 100], got 101"),
        Case<TrainerOptions>(o => o.Optimizer.Epsilon = 1e30, "Property Optimizer.Epsilon: must be within (0, 1000000], got 1E+30"),
        Case<TrainerOptions>(o => o.Optimizer.WeightDecay = 1e9, "Property Optimizer.WeightDecay: must be within [0, 1], got 1000000000"),
        Case<TrainerOptions>(o => o.Sampling.Temperature = 1e30, "Property Sampling.Temperature: must be 0 (greedy) or within [0.0001, 100], got 1E+30"),
        Case<TrainerOptions>(o => o.Sampling.Temperature = 1e-9, "Property Sampling.Temperature: must be 0 (greedy) or within [0.0001, 100], got 1E-09"),
        Case<TrainerOptions>(o => (o.PromptsPerStep, o.GroupSize) = (int.MaxValue, 2), "Property PromptsPerStep: times GroupSize must be at most 1048576, got 4294967294: a step holds all its trajectories in memory"),
        Case<TrainerOptions>(o => o.Epochs = int.MaxValue, "Property Epochs: must be within [1, 1000], got 2147483647"),
        Case<TrainerOptions>(o => o.Optimizer.WarmupSteps = -1, "Property Optimizer.WarmupSteps: must be at least 0, got -1"),
        Case<TrainerOptions>(o => o.Optimizer.Schedule = (LearningRateSchedule)9, "Property Optimizer.Schedule: must be one of Constant, Linear, Cosine, got 9"),
        Case<TrainerOptions>(o => o.Optimizer.Beta1 = 1, "Property Optimizer.Beta1: must be within [0, 1), got 1"),
        Case<TrainerOptions>(o => o.Optimizer.Beta2 = -0.5, "Property Optimizer.Beta2: must be within [0, 1), got -0.5"),
        Case<TrainerOptions>(o => o.Optimizer.Epsilon = 0, "Property Optimizer.Epsilon: must be within (0, 1000000], got 0"),
        Case<TrainerOptions>(o => o.Optimizer.WeightDecay = -1, "Property Optimizer.WeightDecay: must be within [0, 1], got -1"),
        Case<TrainerOptions>(o => o.Optimizer.MaxGradientNorm = -1, "Property Optimizer.MaxGradientNorm: must be at least 0, got -1"),
    ];

    private static IEnumerable<TestCaseData> ExperienceCases() =>
    [
        Case<ExperienceOptions>(o => o.PairsPerPrompt = 0, "Property PairsPerPrompt: must be at least 1, got 0"),
        Case<ExperienceOptions>(o => o.PairSelection = (PairSelection)7, "Property PairSelection: must be one of Random, Spread, Shortest, LongestSharedPrefix, got 7"),
        Case<ExperienceOptions>(o => o.ExtractionTemperature = -1, "Property ExtractionTemperature: must be 0 (greedy) or within [0.0001, 100], got -1"),
        Case<ExperienceOptions>(o => o.ExtractionMaxTokens = 0, "Property ExtractionMaxTokens: must be at least 1, got 0"),
        Case<ExperienceOptions>(o => o.ReplayTemperature = double.PositiveInfinity, "Property ReplayTemperature: must be 0 (greedy) or within [0.0001, 100], got *"),
        Case<ExperienceOptions>(o => o.ReplayMaxTokens = 0, "Property ReplayMaxTokens: must be at least 1, got 0"),
        Case<ExperienceOptions>(o => o.RequiredSuccesses = 0, "Property RequiredSuccesses: must be at least 1, got 0"),
        Case<ExperienceOptions>(o => o.RequiredSuccesses = 2, "Property RequiredSuccesses: must be at most ReplayCount = 1, got 2: no candidate could ever pass"),
    ];

    private static IEnumerable<TestCaseData> MetaExperienceCases() =>
    [
        Case<MetaExperienceOptions>(o => o.Weight = -1, "Property Weight: must be within [0, 1000], got -1"),
        Case<MetaExperienceOptions>(o => o.Scaling = (TermScalingKind)5, "Property Scaling: must be one of Fixed, GradientNormRatio, got 5"),
        Case<MetaExperienceOptions>(o => o.Normalization = (ExperienceNormalization)5, "Property Normalization: must be one of PromptMeanAll, PromptMeanNonEmpty, ExperienceMean, got 5"),
        Case<MetaExperienceOptions>(o => o.Conditioning = (Conditioning)5, "Property Conditioning: must be one of Retrospective, Question, Heuristic, Both, got 5"),
        Case<MetaExperienceOptions>(o => o.Target = (InternalizationTarget)5, "Property Target: must be one of Experience, CorrectTrajectory, got 5"),
    ];

    private static IEnumerable<TestCaseData> SurrogateCases() =>
    [
        Case<ClippedSurrogateOptions>(o => o.ClipRangeLow = 0, "Property ClipRangeLow: must be within (0, 1], got 0"),
        Case<ClippedSurrogateOptions>(o => o.ClipRangeHigh = 0, "Property ClipRangeHigh: must be greater than 0, got 0"),
        Case<ClippedSurrogateOptions>(o => o.DualClip = 1, "Property DualClip: must be greater than 1, got 1"),
        Case<ClippedSurrogateOptions>(o => o.Delta = 1.1, "Property Delta: must be greater than 1.2, got 1.1"),
        Case<ClippedSurrogateOptions>(o => (o.RatioLevel, o.Aggregation) = ((RatioLevel)4, Aggregation.SequenceMeanTokenMean), "Property RatioLevel: must be one of Token, Sequence, got 4"),
        Case<ClippedSurrogateOptions>(o => o.RatioLevel = RatioLevel.Sequence, "Property Aggregation: must be SequenceMeanTokenMean with a ratio per trajectory, got TokenMean: another aggregation would weigh trajectories by their length"),
        Case<ClippedSurrogateOptions>(o => o.Aggregation = (Aggregation)8, "Property Aggregation: must be one of *, got 8"),
        Case<ClippedSurrogateOptions>(o => o.FixedLength = 0, "Property FixedLength: must be at least 1, got 0"),
        Case<ClippedSurrogateOptions>(o => o.SamplerCorrection = new() { Min = double.NaN }, "Property SamplerCorrection.Min: must be a finite number of at least 0, got NaN"),
        Case<ClippedSurrogateOptions>(o => o.MaxLogRatio = 0, "Property MaxLogRatio: must be greater than 0, got 0"),
        Case<ClippedSurrogateOptions>(o => o.SamplerCorrection = new() { Rule = (MismatchRule)7 }, "Property SamplerCorrection.Rule: must be one of *, got 7"),
        Case<ClippedSurrogateOptions>(o => o.SamplerCorrection = new() { Min = 3 }, "Property SamplerCorrection.Max: must be above Min = 3, got 2"),
        Case<ClippedSurrogateOptions>(o => o.KlCoefficient = -1, "Property KlCoefficient: must be within [0, 1000], got -1"),
        Case<ClippedSurrogateOptions>(o => (o.KlCoefficient, o.KlEstimator) = (0.1, KlEstimator.K1), "Property KlEstimator: *"),
        Case<ClippedSurrogateOptions>(o => o.EntropyCoefficient = double.NaN, "Property EntropyCoefficient: must be within [-1000, 1000], got NaN"),
    ];

    private static IEnumerable<TestCaseData> CispoCases() =>
    [
        Case<CispoOptions>(o => (o.MaxWeight, o.MinWeight) = (0, -1), "Property MaxWeight: must be greater than 0, got 0"),
        Case<CispoOptions>(o => o.MinWeight = 5, "Property MinWeight: must be within [0, MaxWeight = 5), got 5"),
    ];

    private static TestCaseData Case<TOptions>(Action<TOptions> change, string message) => new TestCaseData(change, message).SetArgDisplayNames(message);

    private static void Check<TOptions>(IValidateOptions<TOptions> validator, Action<TOptions> change, string message)
        where TOptions : class, new()
    {
        TOptions options = new();
        change(options);
        validator.Validate(null, options).Failures.Should().ContainMatch(message);
    }
}
