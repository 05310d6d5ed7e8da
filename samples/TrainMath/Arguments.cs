using System.Globalization;
using Mel.Training;
using static TorchSharp.torch;

namespace Mel.Samples.TrainMath;

/// <summary>What the command line says.</summary>
internal sealed record Arguments
{
    private const string Usage =
        """
        usage: TrainMath --model <Hugging Face folder> --data <jsonl> [--steps <n>] [--objective grpo|reinforce++|rft|paper|dr-grpo|dapo|gspo|cispo|rloo]
                         [--no-meta-experience]
                         [--prompts <n>] [--group <n>] [--max-tokens <n>] [--learning-rate <x>] [--seed <n>] [--out <folder>]
                         [--weights float32|bfloat16] [--device cpu|cuda] [--lora <rank>] [--recompute] [--micro-batch-tokens <n>]
                         [--checkpoint-every <steps>]
        """;

    public string ModelFolder { get; private init; } = string.Empty;

    public string DataFile { get; private init; } = string.Empty;

    public string Objective { get; private init; } = "grpo";

    public bool MetaExperience { get; private init; } = true;

    public int Steps { get; private init; } = 100;

    public int PromptsPerStep { get; private init; } = 16;

    public int GroupSize { get; private init; } = 8;

    public int MaxTokens { get; private init; } = 1024;

    public double LearningRate { get; private init; } = 1e-6;

    public ulong Seed { get; private init; }

    public ScalarType Weights { get; private init; } = ScalarType.Float32;

    public string Device { get; private init; } = "cpu";

    /// <summary>Rank of the adapters that train in place of the weights; 0 for none.</summary>
    public int LoraRank { get; private init; }

    public bool Recompute { get; private init; }

    public int MicroBatchTokens { get; private init; } = new TrainerOptions().MicroBatchTokens;

    /// <summary>Steps between two checkpoints: so many steps are computed again after a power cut.</summary>
    public int CheckpointEverySteps { get; private init; } = 10;

    public string OutputFolder { get; private init; } = Path.Combine("runs", "train-math");

    public static bool TryParse(string[] args, out Arguments arguments, out string? problem)
    {
        arguments = new Arguments();
        problem = null;
        for (int i = 0; i < args.Length; i++)
        {
            if (args[i] is "--no-meta-experience" or "--recompute")
            {
                arguments = args[i] == "--recompute" ? arguments with { Recompute = true } : arguments with { MetaExperience = false };
                continue;
            }

            string name = args[i], value = i + 1 < args.Length ? args[++i] : string.Empty;
            Arguments? changed = (name, value) switch
            {
                ("--model", { Length: > 0 }) => arguments with { ModelFolder = value },
                ("--data", { Length: > 0 }) => arguments with { DataFile = value },
                ("--objective", { Length: > 0 }) => arguments with { Objective = value },
                ("--out", { Length: > 0 }) => arguments with { OutputFolder = value },
                ("--steps", _) when Count(value, out int n) => arguments with { Steps = n },
                ("--prompts", _) when Count(value, out int n) => arguments with { PromptsPerStep = n },
                ("--group", _) when Count(value, out int n) => arguments with { GroupSize = n },
                ("--max-tokens", _) when Count(value, out int n) => arguments with { MaxTokens = n },
                ("--lora", _) when Count(value, out int n) => arguments with { LoraRank = n },
                ("--checkpoint-every", _) when Count(value, out int n) => arguments with { CheckpointEverySteps = n },
                ("--micro-batch-tokens", _) when Count(value, out int n) => arguments with { MicroBatchTokens = n },
                ("--weights", "float32") => arguments with { Weights = ScalarType.Float32 },
                ("--weights", "bfloat16") => arguments with { Weights = ScalarType.BFloat16 },
                ("--device", "cpu" or "cuda") => arguments with { Device = value },
                ("--seed", _) when ulong.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out ulong n) => arguments with { Seed = n },
                ("--learning-rate", _) when double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out double x)
                    => arguments with { LearningRate = x },
                _ => null,
            };
            if (changed is null)
            {
                problem = $"'{name} {value}' is not understood.\n{Usage}";
                return false;
            }

            arguments = changed;
        }

        if (arguments.ModelFolder.Length > 0 && arguments.DataFile.Length > 0) return true;
        problem = $"{(arguments.ModelFolder.Length == 0 ? "--model" : "--data")} is missing.\n{Usage}";
        return false;
    }

    private static bool Count(string text, out int value) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value) && value > 0;
}
