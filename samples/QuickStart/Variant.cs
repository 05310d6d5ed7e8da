using System.Diagnostics;
using Mel.Algorithms;
using Mel.Experiences;
using Mel.Objectives;
using Mel.Prompts;
using Mel.Report;
using Mel.Rollouts;
using Mel.Samples.Miniature;
using Mel.Services;
using Mel.Training;
using Mel.Transformers;

namespace Mel.Samples.QuickStart;

/// <summary>One way of training: GRPO, with or without meta-experiences.</summary>
/// <param name="Name">Heading of its row.</param>
/// <param name="FileName">Folder of its metrics.</param>
/// <param name="Conditioning">What its meta-experiences are predicted from; null for none.</param>
internal sealed record Variant(string Name, string FileName, Conditioning? Conditioning)
{
    public const int PromptsPerStep = 32;
    public const int GroupSize = 8;

    public static Variant[] All { get; } =
    [
        new("GRPO", "grpo", null),
        new("GRPO + ME (Eq. 7)", "grpo-me-eq7", Experiences.Conditioning.Retrospective),
        new("GRPO + ME (heuristic)", "grpo-me-heuristic", Experiences.Conditioning.Heuristic),
    ];

    public async Task<Outcome> RunAsync(
        World world, PromptList questions, HeldOut heldOut, Settings settings, ulong seed, IRunService board, CancellationToken cancellationToken)
    {
        using TransformerPolicy policy = MiniatureModel.Load();
        ChainVerifier verifier = new();
        // Per example the likelihood's gradient is an order of magnitude larger than GRPO's; the ratio keeps the two comparable.
        Algorithm algorithm = Conditioning is not { } conditioning ? Algorithm.Grpo() : Algorithm.Grpo().WithMetaExperience(
            new MetaExperienceOptions { Conditioning = conditioning, Scaling = TermScalingKind.GradientNormRatio, Weight = 0.5 },
            MiniatureModel.ExperienceOptions(), new MiniatureLanguage());
        TrainerOptions options = new()
        {
            Steps = settings.Steps,
            PromptsPerStep = PromptsPerStep,
            GroupSize = GroupSize,
            Sampling = new SamplingOptions { MaxTokens = Chain.StandardTokens },
            Optimizer = new OptimizerOptions { LearningRate = 7e-4, WarmupSteps = 5, Beta2 = 0.99 },
            Seed = seed,
        };
        string folder = settings.RunFolder(this, seed);
        foreach (string earlier in Directory.GetFiles(folder, "*.jsonl")) File.Delete(earlier);      // every run of this sample starts over
        Stopwatch clock = Stopwatch.StartNew();
        TrainingReport report;
        using (RunRecords records = new(new RunRecordsOptions { Folder = folder, EverySteps = 10, MostGroups = 4, PerToken = true }))
        using (MetricsFile figures = new(Path.Combine(folder, RunFigures.FileName)))
            report = await new Trainer(policy, verifier, algorithm, options, new TrainerParts { Services = [records, figures, board] })
                .RunAsync(questions, cancellationToken: cancellationToken);
        clock.Stop();
        return new Outcome(await heldOut.RunAsync(policy, cancellationToken), report, clock.Elapsed, Truth(world, report));
    }

    /// <summary>Share of the last step's retained heuristics that are facts of the world; the trainer never sees it.</summary>
    private static double Truth(World world, TrainingReport report)
    {
        IReadOnlyList<MetaExperience> retained = report.Last?.Experiences.Retained ?? [];
        return retained.Count == 0
            ? double.NaN
            : retained.Average(e => Lesson.TryParse(e.Text, out Lesson? lesson, out _) && lesson.IsTrueIn(world) ? 1.0 : 0.0);
    }
}
