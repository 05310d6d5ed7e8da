// A run that the tests kill: the built-in model, GRPO with meta-experiences, a checkpoint after every step, the figures in metrics.jsonl and in event files of
// TensorBoard, trajectories and experiences in rollouts.jsonl and experiences.jsonl, an evaluation every second step, the best checkpoint by it, and those of
// every fifth step.
// With a third argument it hangs after its first step. It exits with 0 when all steps are done and with 130 when a signal stopped it.
using System.Globalization;
using Mel.Algorithms;
using Mel.Experiences;
using Mel.KilledRun;
using Mel.Objectives;
using Mel.Prompts;
using Mel.Runtime;
using Mel.Samples.Miniature;
using Mel.Services;
using Mel.Training;
using Mel.Transformers;

(string folder, int steps) = (args[0], int.Parse(args[1], CultureInfo.InvariantCulture));
using StopSignals signals = new();
ComputeThreads.Set(1);
using TransformerPolicy policy = MiniatureModel.Load();
TrainerOptions options = new()
{
    Steps = steps,
    PromptsPerStep = 4,
    GroupSize = 4,
    Seed = 3,
    Sampling = new() { MaxTokens = Chain.StandardTokens },
    Optimizer = new() { LearningRate = 7e-4 },
    CheckpointFolder = Path.Combine(folder, "checkpoint"),
    CheckpointEverySteps = 1,
};
Algorithm algorithm = Algorithm.Grpo().WithMetaExperience(
    new MetaExperienceOptions { Conditioning = Conditioning.Heuristic, Weight = 0.1 }, MiniatureModel.ExperienceOptions(), new MiniatureLanguage());
PromptList questions = new(QuestionSets.Training(MiniatureModel.LoadWorld(), 100, 1), shuffleSeed: 1);
try
{
    using MetricsFile metrics = new(Path.Combine(folder, "metrics.jsonl"));
    using TensorBoardFiles board = new(Path.Combine(folder, "board"));
    using RunRecords records = new(new() { Folder = folder, PerToken = true });
    PeriodicEvaluation evaluation = new(
        new ChainVerifier(), QuestionSets.HeldOut(MiniatureModel.LoadWorld(), 24, seed: 7),
        new() { EverySteps = 2, BeforeFirstStep = true, Evaluation = new() { Samples = 2, MaxTokens = Chain.StandardTokens, Seed = 11 } });
    IRunService[] services =
    [
        evaluation, metrics, board, records, new BestCheckpoint(new() { Figure = "eval/avg_at_2" }), new StepCheckpoints(new() { EverySteps = 5, Keep = 2 }),
        new EarlyStop(new() { Figure = "eval/avg_at_2", Patience = 100 }),
    ];
    await new Trainer(policy, new ChainVerifier(), algorithm, options, new TrainerParts { Services = services })
        .RunAsync(questions, new Announced(hangs: args.Length > 2), signals.Token);
    return 0;
}
catch (OperationCanceledException)
{
    return 130;
}
