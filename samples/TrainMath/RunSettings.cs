using System.Globalization;
using Mel.Evaluation;
using Mel.Runtime;
using Mel.Training;

namespace Mel.Samples.TrainMath;

/// <summary>The settings of a run. They lie beside the run as <c>run.json</c>, which starts it again.</summary>
internal sealed class RunSettings
{
    private static readonly TrainerOptions Defaults = new();

    [Setting("A Hugging Face folder.", IsRequired = true, IsPath = true)]
    public string Model { get; set; } = "";

    [Setting("Questions: a file of JSON lines, a parquet file, or the folder of a data set.", IsRequired = true, IsPath = true)]
    public string Data { get; set; } = "";

    [Setting("Split of a data set's folder.")]
    public string Split { get; set; } = "train";

    [Setting("Column of the question, if the columns are not recognized.")]
    public string? PromptColumn { get; set; }

    [Setting("Column of the answer.")]
    public string? AnswerColumn { get; set; }

    [Setting("Trains on the first questions only.", AtLeast = 1)]
    public int? Limit { get; set; }

    [Setting("Added to every question: none, boxed, or a text of your own.")]
    public string Instruction { get; set; } = MathPrompts.Boxed;

    [Setting("The system message.")]
    public string? System { get; set; }

    [Setting("The algorithm.")]
    public string Objective { get; set; } = "grpo";

    [Setting("Plain reinforcement learning.")]
    public bool NoMetaExperience { get; set; }

    [Setting("Cost of a nat of divergence from the model at the start, in the reward.", AtLeast = 0)]
    public double Kl { get; set; }

    [Setting("Steps of the run.", AtLeast = 1)]
    public int Steps { get; set; } = Defaults.Steps;

    [Setting("Questions a step.", AtLeast = 1)]
    public int Prompts { get; set; } = 16;

    [Setting("Attempts at each question.", AtLeast = 2)]
    public int Group { get; set; } = Defaults.GroupSize;

    [Setting("Questions an update; 0 takes all of a step.", AtLeast = 0)]
    public int MiniBatch { get; set; }

    [Setting("Most tokens of a response.", AtLeast = 1)]
    public int MaxTokens { get; set; } = Defaults.Sampling.MaxTokens;

    [Setting("Temperature of the rollouts.", AtLeast = 0, AtMost = 100)]
    public double Temperature { get; set; } = Defaults.Sampling.Temperature;

    [Setting("Learning rate.", AtLeast = 0, AtMost = 1)]
    public double LearningRate { get; set; } = Defaults.Optimizer.LearningRate;

    [Setting("What becomes of it.", OneOf = ["constant", "linear", "cosine"])]
    public string Schedule { get; set; } = "constant";

    [Setting("Updates over which it rises.", AtLeast = 0)]
    public int Warmup { get; set; }

    [Setting("The one seed of the run.")]
    public ulong Seed { get; set; }

    [Setting("Element type of the weights in memory.", OneOf = ["float32", "bfloat16"])]
    public string Weights { get; set; } = "float32";

    [Setting("Where the model computes.", OneOf = ["cpu", "cuda"])]
    public string Device { get; set; } = "cpu";

    [Setting("Rank of adapters that train in place of the weights; 0 for none.", AtLeast = 0)]
    public int Lora { get; set; }

    [Setting("Computes activations again to save memory.")]
    public bool Recompute { get; set; }

    [Setting("Most tokens scored at once.", AtLeast = 1)]
    public int MicroBatchTokens { get; set; } = Defaults.MicroBatchTokens;

    [Setting("Questions to evaluate on, in the forms of --data.", IsPath = true)]
    public string? Eval { get; set; }

    [Setting("Steps between two evaluations.", AtLeast = 1)]
    public int EvalEvery { get; set; } = 10;

    [Setting("k of Avg@k and Pass@k; 0 for neither.", AtLeast = 0)]
    public int EvalSamples { get; set; } = new EvaluationOptions().Samples;

    [Setting("Evaluates on the first questions only.", AtLeast = 1)]
    public int? EvalLimit { get; set; }

    [Setting("Keeps the checkpoint of the best evaluation, or of the best reward without --eval.")]
    public bool KeepBest { get; set; }

    [Setting("Stops after so many evaluations without a better one; without --eval, steps without a better reward.", AtLeast = 1)]
    public int? EarlyStop { get; set; }

    [Setting("Steps between two checkpoints.", AtLeast = 1)]
    public int CheckpointEvery { get; set; } = 10;

    [Setting("Minutes between two.", AtLeast = 0.01)]
    public double? CheckpointMinutes { get; set; }

    [Setting("Steps between two with records.", AtLeast = 1)]
    public int? RecordsEvery { get; set; }

    [Setting("Steps between two that show responses.", AtLeast = 1)]
    public int? SamplesEvery { get; set; }

    [Setting("Element type of the saved model.", OneOf = ["stored", "float32", "bfloat16"])]
    public string SaveType { get; set; } = "stored";

    [Setting("Folder of the run; a run that was stopped there goes on. [default: runs/<model>-<objective>-<date>-<time>]", IsPlace = true)]
    public string? Out { get; set; }

    /// <summary>The folder of the run: one of its own where none was named.</summary>
    public string Folder(DateTime now) => Out ?? Path.Combine(
        "runs",
        $"{Path.GetFileName(Path.TrimEndingDirectorySeparator(Model))}-{Objective}-{now.ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture)}");
}
