using Mel.Algorithms;
using Mel.Evaluation;
using Mel.Experiences;
using Mel.Objectives;
using Mel.Prompts;
using Mel.Rollouts;
using Mel.Runtime;
using Mel.Samples.Miniature;
using Mel.Services;
using Mel.Training;
using Mel.Transformers;

namespace Mel.Samples.Telemetry;

/// <summary>A short run of the built-in model, GRPO with meta-experiences and an evaluation at its end. It knows nothing of OpenTelemetry.</summary>
internal static class ObservedRun
{
    private const int PromptsPerStep = 8;

    public static async Task RunAsync(Settings settings, CancellationToken cancellationToken)
    {
        ComputeThreads.Set(1);
        World world = MiniatureModel.LoadWorld();
        ChainVerifier verifier = new();
        using Exporters exporters = new(settings.OnConsole);
        using TransformerPolicy policy = MiniatureModel.Load();
        using MetricsFile figures = new(Path.Combine(settings.OutputFolder, "metrics.jsonl"));
        using TensorBoardFiles board = new(Path.Combine(settings.OutputFolder, "tensorboard"));
        PeriodicEvaluation evaluation = new(verifier, QuestionSets.HeldOut(world, 32, seed: 7), new PeriodicEvaluationOptions
        {
            EverySteps = settings.Steps, Evaluation = new EvaluationOptions { Samples = 0, MaxTokens = Chain.StandardTokens },
        });
        Algorithm algorithm = Algorithm.Grpo().WithMetaExperience(
            new MetaExperienceOptions { Conditioning = Conditioning.Heuristic, Weight = 0.1 }, MiniatureModel.ExperienceOptions(), new MiniatureLanguage());
        TrainerOptions options = new()
        {
            Steps = settings.Steps,
            PromptsPerStep = PromptsPerStep,
            GroupSize = 8,
            Seed = settings.Seed,
            Sampling = new SamplingOptions { MaxTokens = Chain.StandardTokens },
            Optimizer = new OptimizerOptions { LearningRate = 7e-4 },
        };
        PromptList questions = new(QuestionSets.Training(world, settings.Steps * PromptsPerStep, settings.Seed));
        TrainerParts parts = new() { Services = [evaluation, figures, board] };
        TrainingReport report = await new Trainer(policy, verifier, algorithm, options, parts).RunAsync(questions, cancellationToken: cancellationToken);
        Console.WriteLine(
            $"{report.Steps} steps, {report.SampledTokens} tokens, accuracy {report.Last!.Accuracy:F2}. Curves: tensorboard --logdir {settings.OutputFolder}");
    }
}
