using Mel.Rollouts;
using Mel.Verification;

namespace Mel.Training;

/// <summary>The shape of a run: how much is sampled, how it is batched, how often the policy is updated.</summary>
public sealed class TrainerOptions
{
    /// <summary>Number of steps of the run. A step samples rollouts and updates the policy.</summary>
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

    /// <summary>How often the policy is updated on the rollouts of a step.</summary>
    /// <value>The default is 1.</value>
    public int Epochs { get; set; } = 1;

    /// <summary>Largest number of tokens, padding included, that is scored at once: a matter of memory, and of the last bits of the results.</summary>
    /// <value>The default is 16384.</value>
    public int MicroBatchTokens { get; set; } = 16384;

    /// <summary>
    /// Where log pi_old, the denominator of the importance ratio, comes from: the sampler's record, or a pass of the policy itself before the update.
    /// </summary>
    /// <value>The default is <see cref="OldLogProbs.Auto"/>.</value>
    public OldLogProbs OldLogProbs { get; set; } = OldLogProbs.Auto;

    /// <summary>
    /// Whether the gradient norm of every term is reported. This costs a copy of the gradient per term, and a backward pass per term on rows that terms share.
    /// </summary>
    /// <value>The default is false. Terms that are scaled relative to another's gradient are measured anyway.</value>
    public bool ReportTermGradients { get; set; }

    /// <summary>How often groups that a filter rejects are replaced by fresh ones within a step before it goes on with what it has.</summary>
    /// <value>The default is 3.</value>
    public int MaxRefills { get; set; } = 3;

    /// <summary>How the verifier is called: time limit, parallelism, and what its failures become.</summary>
    /// <value>The default is 10 minutes, 64 judgements at once, and that a failure ends the run.</value>
    public VerificationOptions Verification { get; set; } = new();

    /// <summary>The optimizer.</summary>
    /// <value>The default is AdamW at 1e-6.</value>
    public OptimizerOptions Optimizer { get; set; } = new();

    /// <summary>The one seed of the run: the same seed, policy and prompts give the same run, bit for bit, on one thread count.</summary>
    /// <value>The default is 0.</value>
    public ulong Seed { get; set; }

    /// <summary>How many updates in a row may be skipped because their gradient is not finite. After as many the run ends with the last good weights.</summary>
    /// <value>The default is 10.</value>
    public int MaxNonFiniteUpdates { get; set; } = 10;

    /// <summary>
    /// Folder of the run's checkpoints, the last two. One is written every <see cref="CheckpointEverySteps"/> steps or <see cref="CheckpointInterval"/>, and
    /// when the run ends, however it ends. A later run with the same folder continues from the newer one. Null keeps none.
    /// </summary>
    /// <value>The default is null.</value>
    public string? CheckpointFolder { get; set; }

    /// <summary>Steps between two checkpoints.</summary>
    /// <value>The default is 50.</value>
    public int CheckpointEverySteps { get; set; } = 50;

    /// <summary>
    /// Longest time between two checkpoints: one is written after the first step that ends later than that, beside those of <see cref="CheckpointEverySteps"/>.
    /// Null goes by steps alone.
    /// </summary>
    /// <value>The default is null.</value>
    public TimeSpan? CheckpointInterval { get; set; }

    /// <summary>
    /// Settings in which a resumed run may differ from the one it continues, by the names that the refusal gave. The run then goes on, but no longer equals an
    /// uninterrupted one: <c>threads</c> on a machine with other cores, for instance.
    /// </summary>
    /// <value>The default is empty.</value>
    public IReadOnlyList<string> AllowedDifferences { get; set; } = [];

    /// <summary>
    /// Learning rate of an update. The schedule counts updates of full steps; a step that a filter left fewer passes through its part of the schedule in
    /// fewer strides, so that the schedule ends with the run.
    /// </summary>
    /// <param name="step">Steps before that of the update.</param>
    /// <param name="update">Updates of its step before it.</param>
    /// <param name="updates">Updates of its step.</param>
    internal double LearningRateAt(int step, int update, int updates)
    {
        int miniBatches = MiniBatchPrompts == 0 ? 1 : (PromptsPerStep + MiniBatchPrompts - 1) / MiniBatchPrompts;
        double full = (double)Epochs * miniBatches, position = (step * full) + (update * full / updates);
        int warmup = Optimizer.WarmupSteps;
        if (position < warmup) return Optimizer.LearningRate * Math.Min(warmup, position + 1) / warmup;
        double total = Math.Max(1, (Steps * full) - warmup);
        double done = Math.Min(1, (position - warmup) / total);
        return Optimizer.LearningRate * Optimizer.Schedule switch
        {
            LearningRateSchedule.Linear => 1 - done,
            LearningRateSchedule.Cosine => 0.5 * (1 + Math.Cos(Math.PI * done)),
            _ => 1.0,
        };
    }
}

/// <summary>The source of log pi_old.</summary>
public enum OldLogProbs
{
    /// <summary>
    /// <see cref="Recorded"/> where the policy itself samples from its whole distribution; <see cref="Recomputed"/> where another engine samples, where tokens
    /// are cut off (top-k, top-p, min-p), or where the objective corrects for the difference.
    /// </summary>
    Auto,

    /// <summary>The sampler's record.</summary>
    Recorded,

    /// <summary>
    /// A pass of the policy over the same tokens before the update. It takes time, and every ratio starts at 1. Only with this choice may a sampler record
    /// nothing.
    /// </summary>
    Recomputed,
}
