using System.ComponentModel;

namespace Mel.Diagnostics;

public static partial class MetricNames
{
    private const string Time = "Tokens and time";

    /// <summary>Tokens sampled since the beginning of the run.</summary>
    /// <remarks>
    /// Of: rollouts, experiences and replays; no prompts. Unit: tokens. Source: Mel (TRL's num_tokens counts prompts too). Normal: grows evenly.
    /// Otherwise: compare runs by it rather than by steps.
    /// </remarks>
    [Category(Time)]
    public const string Tokens = "num_sampled_tokens";

    /// <summary>Duration of the step, seconds.</summary>
    /// <remarks>
    /// Of: the step, without the services of the run. Unit: s. Source: TRL. Normal: steady. Otherwise: the shares of timing_s say what takes the time.
    /// </remarks>
    [Category(Time)]
    public const string StepTime = "step_time";

    /// <summary>Tokens sampled per second of the step.</summary>
    /// <remarks>
    /// Of: rollouts, experiences and replays; no prompts. Unit: tokens/s. Source: verl (there prompts count too, and it is per device). Normal: steady.
    /// Otherwise: look at timing_s/gen, and at memory.
    /// </remarks>
    [Category(Time)]
    public const string Throughput = "perf/throughput";

    /// <summary>Time spent sampling trajectories, seconds.</summary>
    /// <remarks>
    /// Of: the step, refills included. Unit: s. Source: verl. Normal: the largest share. Otherwise: shorter responses, or another engine
    /// (`TrainerParts.Sampler`).
    /// </remarks>
    [Category(Time)]
    public const string RolloutTime = "timing_s/gen";

    /// <summary>Time spent judging trajectories, seconds.</summary>
    /// <remarks>
    /// Of: the step, refills included. Unit: s. Source: verl. Normal: a small share. Otherwise: the verifier waits for something outside; let it judge
    /// more at a time.
    /// </remarks>
    [Category(Time)]
    public const string VerifyTime = "timing_s/reward";

    /// <summary>Time spent writing meta-experiences, seconds.</summary>
    /// <remarks>
    /// Of: the step. Unit: s. Source: Mel. Normal: below timing_s/gen. Otherwise: fewer pairs (`ExperienceOptions.PairsPerPrompt`) or fewer tokens.
    /// </remarks>
    [Category(Time)]
    public const string ExtractionTime = "timing_s/extraction";

    /// <summary>Time spent proving meta-experiences by replay, seconds.</summary>
    /// <remarks>
    /// Of: the step, judging included. Unit: s. Source: Mel. Normal: below timing_s/gen. Otherwise: fewer replays (`ExperienceOptions.ReplayCount`).
    /// </remarks>
    [Category(Time)]
    public const string ReplayTime = "timing_s/replay";

    /// <summary>Time spent on scoring, advantages, gradients and the optimizer, seconds.</summary>
    /// <remarks>
    /// Of: the step; the log-probabilities of old policy and reference, and the advantages, are in it. Unit: s. Source: verl (there without those).
    /// Normal: as much as timing_s/gen or less. Otherwise: a larger `TrainerOptions.MicroBatchTokens`, where memory allows.
    /// </remarks>
    [Category(Time)]
    public const string UpdateTime = "timing_s/update_actor";
}
