using Mel.Advantages;
using Mel.Algorithms;
using Mel.Checkpoints;
using Mel.Experiences;
using Mel.Losses;
using Mel.Objectives;
using Mel.Prompts;
using Mel.Rewards;
using Mel.Rollouts;
using Mel.Runtime;
using Mel.Testing;
using Mel.Training;
using Mel.Verification;
using static Mel.Core.Tests.Training.TinyRun;

namespace Mel.Core.Tests.Training;

/// <summary>What a run is beside its algorithm: machine, data, sampler, reference and verifier are parts of it too.</summary>
[TestFixture, NoTensorLeaks]
public sealed class RunIdentityTests
{
    private static readonly string[] Words = ["a", "b", "c"];

    [Test]
    public async Task Resume_AnotherMicroBatch_IsRefused_UnlessAllowed()
    {
        using TemporaryFolder folder = new();
        TrainerOptions options = Options(steps: 1);
        options.CheckpointFolder = folder.Path;
        await RunAsync(options);
        (options.MicroBatchTokens, options.Steps) = (64, 2);

        (await FluentActions.Awaiting(() => RunAsync(options)).Should().ThrowAsync<CheckpointException>())
            .WithMessage("*MicroBatchTokens was 16384 and is 64. Choose*");
        options.AllowedDifferences = ["MicroBatchTokens"];
        (await RunAsync(options)).Steps.Should().ContainSingle();
    }

    [Test]
    public async Task Resume_OtherNumberOfThreads_IsRefused_UnlessAllowed()
    {
        using TemporaryFolder folder = new();
        TrainerOptions options = Options(steps: 1);
        options.CheckpointFolder = folder.Path;
        using BigramPolicy policy = Policy();
        Task<TrainingReport> Run(int threads)
        {
            ComputeThreads.Set(threads);
            return new Trainer(policy, Judge, Algorithm.Grpo(), options).RunAsync(Questions());
        }

        await Run(1);
        options.Steps = 2;

        (await FluentActions.Awaiting(() => Run(2)).Should().ThrowAsync<CheckpointException>()).WithMessage("*threads was 1 and is 2.*");
        options.AllowedDifferences = ["threads"];
        (await Run(2)).Steps.Should().Be(2);
        ComputeThreads.Set(1);
    }

    [Test]
    public async Task Resume_AnotherFunctionAsVerifier_IsRefused()
    {
        using TemporaryFolder folder = new();
        TrainerOptions options = Options(steps: 1);
        options.CheckpointFolder = folder.Path;
        await RunAsync(options, verifier: Verifier.From(StartsWithTheAnswer));
        options.Steps = 2;

        (await FluentActions.Awaiting(() => RunAsync(options, verifier: Verifier.From(EndsWithTheAnswer))).Should().ThrowAsync<CheckpointException>())
            .WithMessage("*verifier.inner.function was Mel.Core.Tests.Training.RunIdentityTests.StartsWithTheAnswer and is *EndsWithTheAnswer*");
        (await RunAsync(options, verifier: Verifier.From(StartsWithTheAnswer))).Steps.Should().ContainSingle();
    }

    [Test]
    public async Task Resume_AnotherSamplerOrReference_IsRefused()
    {
        using TemporaryFolder folder = new();
        TrainerOptions options = Options(steps: 1);
        options.CheckpointFolder = folder.Path;
        using BigramPolicy policy = Policy(), frozen = Policy(seed: 2);
        await RunAsync(options, policy: policy, withExperiences: false);

        (await FluentActions.Awaiting(() => RunAsync(options, policy: policy, withExperiences: false, parts: new() { Sampler = new DelegatingSampler(policy) }))
            .Should().ThrowAsync<CheckpointException>()).WithMessage("*sampler was none and is DelegatingSampler*");
        (await FluentActions.Awaiting(() => RunAsync(options, Algorithm.Grpo(o => o.KlCoefficient = 0.1), policy, withExperiences: false, parts: new() { Reference = frozen }))
            .Should().ThrowAsync<CheckpointException>()).WithMessage("*reference was none and is BigramPolicy*");
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task Resume_OtherQuestions_IsRefused(bool isDescribed)
    {
        using TemporaryFolder folder = new();
        TrainerOptions options = Options(steps: 1);
        options.CheckpointFolder = folder.Path;
        using BigramPolicy policy = Policy();
        IPromptSource Source(string answer)
        {
            PromptList list = new([.. Words.Select(w => new Prompt(w, w, answer))]);
            return isDescribed ? list : new Undescribed(list);
        }

        await new Trainer(policy, Judge, Algorithm.Grpo(), options).RunAsync(Source("b"));
        options.Steps = 2;

        (await FluentActions.Awaiting(() => new Trainer(policy, Judge, Algorithm.Grpo(), options).RunAsync(Source("c"))).Should().ThrowAsync<CheckpointException>())
            .WithMessage($"*prompts.{(isDescribed ? "content" : "first")} was *");
        (await new Trainer(policy, Judge, Algorithm.Grpo(), options).RunAsync(Source("b"))).Steps.Should().Be(2);
    }

    [TestCase(LearningRateSchedule.Linear)]
    [TestCase(LearningRateSchedule.Cosine)]
    public async Task Resume_MoreStepsUnderASchedule_IsRefused(LearningRateSchedule schedule)
    {
        using TemporaryFolder folder = new();
        TrainerOptions options = Options(steps: 2);
        (options.CheckpointFolder, options.Optimizer.Schedule) = (folder.Path, schedule);
        await RunAsync(options);
        options.Steps = 4;

        (await FluentActions.Awaiting(() => RunAsync(options)).Should().ThrowAsync<CheckpointException>()).WithMessage("*Steps was 2 and is 4*");
    }

    [Test]
    public async Task Resume_FewerStepsThanAreDone_IsRefused()
    {
        using TemporaryFolder folder = new();
        TrainerOptions options = Options(steps: 3);
        options.CheckpointFolder = folder.Path;
        await RunAsync(options);
        options.Steps = 2;

        (await FluentActions.Awaiting(() => RunAsync(options)).Should().ThrowAsync<CheckpointException>())
            .WithMessage("*it is the checkpoint of step 3, but the run has 2 steps. Raise the number of steps*");
    }

    /// <summary>Every option of every part that ships changes the identity; one that did not could change between two halves of a run.</summary>
    [Test]
    public void Describe_AnyOptionChanged_IsAnotherIdentity()
    {
        Vary<ClippedSurrogateOptions>(o => new ClippedSurrogateObjective(o), o => o.Aggregation = Aggregation.SequenceMeanTokenMean);
        Vary<CispoOptions>(o => new CispoObjective(o));
        Vary<PolicyObjectiveOptions>(o => new LogLikelihoodObjective(o));
        Vary<MetaExperienceOptions>(o => new MetaExperienceObjective(new ClippedSurrogateObjective(), o));
        Vary<GroupRelativeAdvantageOptions>(o => new GroupRelativeAdvantage(o));
        Vary<LeaveOneOutAdvantageOptions>(o => new LeaveOneOutAdvantage(o));
        Vary<BatchNormalizedAdvantageOptions>(o => new BatchNormalizedAdvantage(o), o => o.GroupBaseline = true);
        Vary<CorrectOnlySelectionOptions>(o => new CorrectOnlySelection(o));
        Vary<OverlongPenaltyOptions>(o => new OverlongPenalty(o));
        ScriptedSampler sampler = new((_, _) => "");
        Vary<ExperienceOptions>(o => new ContrastiveExperienceExtractor(sampler, null, o));
        Vary<ExperienceOptions>(o => new ReplayValidatedExtractor(new ContrastiveExperienceExtractor(sampler), sampler, Judge, null, o));
    }

    private static void Vary<TOptions>(Func<TOptions, IRunPart> make, Action<TOptions>? prepare = null)
        where TOptions : class, new()
    {
        TOptions usual = Prepared();
        int varied = 0;
        foreach (var property in typeof(TOptions).GetProperties().Where(p => p.CanWrite))
        {
            foreach (object? value in Others(property.GetValue(usual), property.PropertyType))
            {
                TOptions options = Prepared();
                property.SetValue(options, value);
                IRunPart changed;
                try
                {
                    changed = make(options);
                }
                catch (Microsoft.Extensions.Options.OptionsValidationException)
                {
                    continue;
                }

                Values(changed).Should().NotBeEquivalentTo(Values(make(usual)), $"{typeof(TOptions).Name}.{property.Name} is {value}");
                varied++;
                break;
            }
        }

        varied.Should().Be(typeof(TOptions).GetProperties().Count(p => p.CanWrite), $"every option of {typeof(TOptions).Name} has another valid value");

        TOptions Prepared()
        {
            TOptions options = new();
            prepare?.Invoke(options);
            return options;
        }
    }

    private static IEnumerable<object?> Others(object? value, Type type) => (value, Nullable.GetUnderlyingType(type) ?? type) switch
    {
        (bool b, _) => [!b],
        (_, { IsEnum: true } t) => Enum.GetValues(t).Cast<object?>().Where(v => !Equals(v, value)),
        (int n, _) => [n + 1, n - 1],
        (double x, _) => new[] { x / 2, x + 0.125, x + 1, 0.5 }.Where(other => other != x).Cast<object?>(),
        (null, { } t) when t == typeof(int) => [3],
        (null, { } t) when t == typeof(double) => [0.5, 3.0, 20.0],
        (null, { } t) when t == typeof(SamplerCorrectionOptions) => [new SamplerCorrectionOptions()],
        _ => [],
    };

    private static Dictionary<string, string> Values(IRunPart part)
    {
        RunIdentity identity = new();
        identity.Add("part", part);
        return identity.Values.ToDictionary();
    }

    private static bool StartsWithTheAnswer(Prompt prompt, string text) => text.StartsWith(prompt.Answer, StringComparison.Ordinal);

    private static bool EndsWithTheAnswer(Prompt prompt, string text) => text.EndsWith(prompt.Answer, StringComparison.Ordinal);

    private sealed class Undescribed(IPromptSource inner) : IPromptSource
    {
        public ValueTask<IReadOnlyList<Prompt>> TakeAsync(long position, int count, CancellationToken cancellationToken = default)
            => inner.TakeAsync(position, count, cancellationToken);
    }
}
