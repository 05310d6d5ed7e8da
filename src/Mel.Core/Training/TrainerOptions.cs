using Mel.Rollouts;

namespace Mel.Training;

/// <summary>The shape of a run: how much is sampled, how it is batched, how often the policy is updated.</summary>
public sealed class TrainerOptions
{
    /// <summary>Number of steps: rollouts, update.</summary>
    /// <value>The default is 100.</value>
    public int Steps { get; set; } = 100;

    /// <summary>P: questions per step.</summary>
    /// <value>The default is 128, the paper's batch.</value>
    public int PromptsPerStep { get; set; } = 128;

    /// <summary>G: trajectories sampled per question.</summary>
    /// <value>The default is 8, the paper's.</value>
    public int GroupSize { get; set; } = 8;

    /// <summary>How the rollouts are sampled.</summary>
    /// <value>The default is temperature 1 and 1024 tokens.</value>
    public SamplingOptions Sampling { get; set; } = new();

    /// <summary>Questions per optimizer update; 0 takes all of the step, so that every update is on-policy.</summary>
    /// <value>The default is 0.</value>
    public int MiniBatchPrompts { get; set; }

    /// <summary>How often the rollouts of a step are passed over.</summary>
    /// <value>The default is 1.</value>
    public int Epochs { get; set; } = 1;

    /// <summary>Largest number of tokens, padding included, that is scored at once: a matter of memory, not of results.</summary>
    /// <value>The default is 16384.</value>
    public int MicroBatchTokens { get; set; } = 16384;

    /// <summary>How often groups that a filter rejects are replaced by fresh ones within a step before it goes on with what it has.</summary>
    /// <value>The default is 3.</value>
    public int MaxRefills { get; set; } = 3;

    /// <summary>The optimizer.</summary>
    /// <value>The default is AdamW at 1e-6.</value>
    public OptimizerOptions Optimizer { get; set; } = new();

    /// <summary>The one seed of the run: the same seed, policy and prompts give the same run, bit for bit, on one thread count.</summary>
    /// <value>The default is 0.</value>
    public ulong Seed { get; set; }

    /// <summary>Folder of the run's checkpoint: written every <see cref="CheckpointEverySteps"/> steps and when the run is cancelled, and where a run of the same folder goes on. Null keeps none.</summary>
    /// <value>The default is null.</value>
    public string? CheckpointFolder { get; set; }

    /// <summary>Steps between two checkpoints.</summary>
    /// <value>The default is 50.</value>
    public int CheckpointEverySteps { get; set; } = 50;
}
