using Mel.Advantages;
using Mel.Algorithms;
using Mel.Core.Tests.Training;
using Mel.Experiences;
using Mel.Objectives;
using Mel.Rewards;
using Mel.Rollouts;
using Mel.Runtime;
using Mel.Testing;
using Mel.Training;
using Mel.Verification;

namespace Mel.Core.Tests.Runtime;

/// <summary>Options are read once, when a part is made: what the caller does to its object afterwards has no effect.</summary>
[TestFixture, NoTensorLeaks]
public sealed class OptionsCopyTests
{
    [TestCaseSource(nameof(Parts))]
    public void Part_OptionsChangedAfterwards_StaysWhatItWas(string name, Func<(IRunPart Part, Action Change, Func<IRunPart> Anew)> create)
    {
        (IRunPart part, Action change, Func<IRunPart> anew) = create();
        IReadOnlyDictionary<string, string> before = Described(part);

        change();

        Described(part).Should().Equal(before, name);
        Described(anew()).Should().NotEqual(before, "the change is one that a part made afterwards shows");
    }

    [Test]
    public async Task Trainer_OptionsChangedAfterwards_RunsAsItWasMade()
    {
        TinyRun.Outcome expected = await TinyRun.RunAsync(TinyRun.Options(steps: 2), withExperiences: false);
        using BigramPolicy policy = TinyRun.Policy();
        TrainerOptions options = TinyRun.Options(steps: 2);
        Trainer trainer = new(policy, TinyRun.Judge, Algorithm.Grpo(), options);

        (options.Steps, options.Seed, options.GroupSize, options.Sampling.MaxTokens, options.Optimizer.LearningRate) = (1, 99, 3, 2, 0.5);
        RecordingProgress progress = new();
        await trainer.RunAsync(TinyRun.Questions(), progress);

        policy.Snapshot().Should().Equal(expected.Parameters);
        progress.Reports.Select(TinyRun.Figures).Should().BeEquivalentTo(expected.Steps.Select(TinyRun.Figures), o => o.WithStrictOrdering());
    }

    private static IEnumerable<TestCaseData> Parts() =>
    [
        Case(o => new GroupRelativeAdvantage(o), new GroupRelativeAdvantageOptions(), o => o.Scale = AdvantageScale.None),
        Case(o => new BatchNormalizedAdvantage(o), new BatchNormalizedAdvantageOptions(), o => o.Discount = 0.5),
        Case(o => new LeaveOneOutAdvantage(o), new LeaveOneOutAdvantageOptions(), o => o.KeepSingletonReward = true),
        Case(o => new CorrectOnlySelection(o), new CorrectOnlySelectionOptions(), o => o.MaxPerGroup = 2),
        Case(o => new ClippedSurrogateObjective(o), new ClippedSurrogateOptions(), o => o.ClipRangeHigh = 0.5),
        Case(o => new ClippedSurrogateObjective(o), new ClippedSurrogateOptions { SamplerCorrection = new() }, o => o.SamplerCorrection!.Max = 9,
            nameof(SamplerCorrectionOptions)),
        Case(o => new CispoObjective(o), new CispoOptions(), o => o.MaxWeight = 7),
        Case(o => new LogLikelihoodObjective(o), new PolicyObjectiveOptions(), o => o.EntropyCoefficient = 1),
        Case(o => new MetaExperienceObjective(new LogLikelihoodObjective(), o), new MetaExperienceOptions(), o => o.Weight = 3),
        Case(o => new OverlongPenalty(o), new OverlongPenaltyOptions(), o => o.Factor = 3),
        Case(o => new ContrastiveExperienceExtractor(Sampler, new ToyExperienceLanguage(), o), new ExperienceOptions(), o => o.PairsPerPrompt = 3),
        Case(o => (IRunPart)ExperienceExtractor.Create(Sampler, new ExactAnswerVerifier(), new ToyExperienceLanguage(), o), new ExperienceOptions(),
            o => o.ReplayCount = 3, nameof(ReplayValidatedExtractor)),
    ];

    private static ISampler Sampler => new ScriptedSampler((_, _) => "");

    private static TestCaseData Case<TOptions>(Func<TOptions, IRunPart> make, TOptions options, Action<TOptions> change, string? name = null)
        where TOptions : class
        => new TestCaseData(name ?? typeof(TOptions).Name,
            () => (make(options), (Action)(() => change(options)), (Func<IRunPart>)(() => make(options)))).SetArgDisplayNames(name ?? typeof(TOptions).Name);

    private static IReadOnlyDictionary<string, string> Described(IRunPart part)
    {
        RunIdentity identity = new();
        identity.Add("part", part);
        return identity.Values;
    }
}
