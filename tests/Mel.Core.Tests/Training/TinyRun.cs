using Mel.Algorithms;
using Mel.Diagnostics;
using Mel.Experiences;
using Mel.Objectives;
using Mel.Prompts;
using Mel.Rollouts;
using Mel.Runtime;
using Mel.Testing;
using Mel.Training;
using Mel.Verification;

namespace Mel.Core.Tests.Training;

/// <summary>The smallest run that goes through every stage: a bigram policy that must learn which letter follows which.</summary>
internal static class TinyRun
{
    /// <summary>Letters of questions and answers, x asks for an experience, r for its recall, ! ends a text.</summary>
    public const string Alphabet = "abcdxr!";

    private static readonly string[] TimeNames = [MetricNames.StepTime, MetricNames.Throughput, "timing_s/gen", "timing_s/reward", "timing_s/extraction", "timing_s/replay", "timing_s/update_actor"];

    public static IVerifier Judge { get; } = Verifier.From((prompt, text) => text.StartsWith(prompt.Answer, StringComparison.Ordinal));

    public static PromptList Questions() => new([new("1", "a", "b"), new("2", "c", "d"), new("3", "ba", "b"), new("4", "dc", "d"), new("5", "ca", "b"), new("6", "ac", "d")], shuffleSeed: 3);

    public static BigramPolicy Policy(int seed = 1) => new(Alphabet, seed);

    /// <summary>
    /// The options of a run. From here on the test computes with one thread: the number is part of a run's identity, and a thread of the pool, on which a test
    /// goes on between two runs, has that of whoever set one last.
    /// </summary>
    public static TrainerOptions Options(int steps = 3)
    {
        ComputeThreads.Set(1);
        return new()
        {
            Steps = steps,
            PromptsPerStep = 4,
            GroupSize = 8,
            Seed = 7,
            Sampling = new SamplingOptions { MaxTokens = 12 },
            Optimizer = new OptimizerOptions { LearningRate = 0.1 },
        };
    }

    public static ExperienceOptions ExperienceOptions() => new() { ExtractionMaxTokens = 24, ReplayMaxTokens = 12, PairsPerPrompt = 4, ReplayCount = 8 };

    public static IExperienceExtractor Loop(ISampler sampler, IVerifier? verifier = null, TimeProvider? time = null)
        => ExperienceExtractor.Create(sampler, verifier ?? Judge, new ToyExperienceLanguage(), ExperienceOptions(), time);

    /// <summary>The meta-experience loop around an algorithm, in the language of this run.</summary>
    public static Algorithm Learning(Algorithm algorithm, MetaExperienceOptions? term = null) => algorithm.WithMetaExperience(term, ExperienceOptions(), new ToyExperienceLanguage());

    /// <summary>GRPO with meta-experiences on a policy of its own.</summary>
    public static async Task<Outcome> RunAsync(
        TrainerOptions? options = null, Algorithm? algorithm = null, BigramPolicy? policy = null, bool withExperiences = true, IVerifier? verifier = null,
        TrainerParts? parts = null, Action<StepReport>? then = null, CancellationToken cancellationToken = default)
    {
        options ??= Options();
        using BigramPolicy? own = policy is null ? Policy() : null;
        BigramPolicy model = policy ?? own!;
        algorithm ??= withExperiences ? Algorithm.Grpo().WithMetaExperience() : Algorithm.Grpo();
        if (withExperiences) algorithm = algorithm with { Experiences = Loop };
        RecordingProgress progress = new(then);
        TrainingReport report = await new Trainer(model, verifier ?? Judge, algorithm, options, parts).RunAsync(Questions(), progress, cancellationToken);
        return new Outcome(progress.Reports, model.Snapshot(), report);
    }

    /// <summary>All figures of a step but those of the clock.</summary>
    public static Dictionary<string, double> Figures(StepReport report) => report.Metrics.Where(m => !TimeNames.Contains(m.Key)).ToDictionary();

    internal sealed record Outcome(IReadOnlyList<StepReport> Steps, float[] Parameters, TrainingReport Report);
}
