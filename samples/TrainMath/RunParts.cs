using Mel.Algorithms;
using Mel.Diagnostics;
using Mel.Evaluation;
using Mel.Experiences;
using Mel.Prompts;
using Mel.Rollouts;
using Mel.Services;
using Mel.Training;
using Mel.Verification;

namespace Mel.Samples.TrainMath;

/// <summary>What a run is composed of, from its configuration.</summary>
internal static class RunParts
{
    public static Algorithm AlgorithmOf(RunSettings settings)
    {
        Algorithm algorithm = Algorithm.Named(settings.Objective);
        if (settings.Kl > 0) algorithm = algorithm.WithKlInReward(settings.Kl);
        return settings.NoMetaExperience ? algorithm
            : algorithm.WithMetaExperience(extraction: new ExperienceOptions { ExtractionMaxTokens = settings.MaxTokens });
    }

    public static TrainerOptions OptionsOf(RunSettings settings, string folder) => new()
    {
        Steps = settings.Steps,
        PromptsPerStep = settings.Prompts,
        GroupSize = settings.Group,
        MiniBatchPrompts = settings.MiniBatch,
        Sampling = new SamplingOptions { MaxTokens = settings.MaxTokens, Temperature = settings.Temperature },
        Optimizer = new OptimizerOptions
        {
            LearningRate = settings.LearningRate,
            WarmupSteps = settings.Warmup,
            Schedule = Enum.Parse<LearningRateSchedule>(settings.Schedule, ignoreCase: true),
        },
        MicroBatchTokens = settings.MicroBatchTokens,
        Seed = settings.Seed,
        CheckpointFolder = Path.Combine(folder, "checkpoint"),
        CheckpointEverySteps = settings.CheckpointEvery,
        CheckpointInterval = settings.CheckpointMinutes is { } minutes ? TimeSpan.FromMinutes(minutes) : null,
    };

    /// <summary>The services of the run. Those that add figures come before those that read them.</summary>
    public static IReadOnlyList<IRunService> ServicesOf(
        RunSettings settings, string folder, IVerifier verifier, IReadOnlyList<Prompt> questions, Action<string> say)
    {
        string figure = questions.Count > 0 ? MetricNames.EvaluationPassAt1 : MetricNames.Reward;
        List<IRunService> services = [new RunBeginning(settings, folder, say)];
        if (questions.Count > 0)
        {
            services.Add(new PeriodicEvaluation(verifier, questions, new PeriodicEvaluationOptions
            {
                EverySteps = settings.EvalEvery,
                BeforeFirstStep = true,
                Evaluation = new EvaluationOptions { Samples = settings.EvalSamples, MaxTokens = settings.MaxTokens },
            }));
            services.Add(new EvaluationLines(say));
        }

        if (settings.KeepBest) services.Add(new BestCheckpoint(new BestCheckpointOptions { Figure = figure, Folder = Path.Combine(folder, "best") }));
        if (settings.EarlyStop is { } patience) services.Add(new EarlyStop(new EarlyStopOptions { Figure = figure, Patience = patience }));
        if (settings.RecordsEvery is { } records) services.Add(new RunRecords(new RunRecordsOptions { Folder = folder, EverySteps = records }));
        if (settings.SamplesEvery is { } samples) services.Add(new SampleLines(samples, say));
        services.Add(new MetricsFile(Path.Combine(folder, "metrics.jsonl")));
        return services;
    }
}
