using Mel.Runtime;
using System.Diagnostics.Metrics;
using System.Globalization;
using Mel.Advantages;
using Mel.Algorithms;
using Mel.Diagnostics;
using Mel.Experiences;
using Mel.Objectives;
using Mel.Prompts;
using Mel.Rewards;
using Mel.Rollouts;
using Mel.Verification;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Mel.Training;

/// <summary>
/// Moves data between the stages of reinforcement learning with verifiable rewards: prompts, rollouts, verdicts, advantages, experiences, objective, optimizer.
/// It knows every abstraction and no implementation; what is learned and how is decided by what it is composed of.
/// </summary>
/// <remarks>
/// One run at a time. Everything random derives from <see cref="TrainerOptions.Seed"/> and the position in the run, so that a run that was stopped and resumed
/// equals one that was not; bit for bit with the same number of libtorch threads, which is that of the thread that starts the run (<see cref="ComputeThreads"/>).
/// </remarks>
public sealed partial class Trainer
{
    private readonly IPolicy _policy;
    private readonly IVerifier _verifier;
    private readonly IAdvantageEstimator _advantages;
    private readonly IObjective _objective;
    private readonly IExperienceExtractor? _experiences;
    private readonly ISampler _sampler;
    private readonly IPolicy? _reference;
    private readonly IGroupFilter? _filter;
    private readonly IRewardShaper? _shaper;
    private readonly TrainerOptions _options;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly IMeterFactory? _meters;

    /// <summary>Composes a trainer.</summary>
    /// <param name="policy">The model to train; it also samples unless <paramref name="sampler"/> is given.</param>
    /// <param name="verifier">Judges the trajectories.</param>
    /// <param name="advantages">Turns rewards into advantages.</param>
    /// <param name="objective">What is minimized.</param>
    /// <param name="experiences">Extracts meta-experiences; null for plain reinforcement learning.</param>
    /// <param name="options">The shape of the run; the defaults where null.</param>
    /// <param name="sampler">Samples the rollouts when another engine does; it must follow the policy's weights.</param>
    /// <param name="reference">Frozen policy for divergence terms; scored without a gradient.</param>
    /// <param name="shaper">Changes rewards before advantages are estimated.</param>
    /// <param name="filter">Decides which groups train; rejected ones are replaced by fresh prompts.</param>
    /// <param name="logger">Receives events.</param>
    /// <param name="time">Clock for the durations of the reports; the system's where null.</param>
    /// <param name="meters">Makes the meter <c>Mel</c>; a meter of the trainer's own where null.</param>
    /// <exception cref="OptionsValidationException">An option breaks a rule of <see cref="TrainerOptionsValidator"/>, or the group size is below what the estimator can compare.</exception>
    public Trainer(
        IPolicy policy,
        IVerifier verifier,
        IAdvantageEstimator advantages,
        IObjective objective,
        IExperienceExtractor? experiences = null,
        TrainerOptions? options = null,
        ISampler? sampler = null,
        IPolicy? reference = null,
        IRewardShaper? shaper = null,
        IGroupFilter? filter = null,
        ILogger<Trainer>? logger = null,
        TimeProvider? time = null,
        IMeterFactory? meters = null)
    {
        _policy = policy ?? throw new ArgumentNullException(nameof(policy));
        _verifier = verifier ?? throw new ArgumentNullException(nameof(verifier));
        _advantages = advantages ?? throw new ArgumentNullException(nameof(advantages));
        _objective = objective ?? throw new ArgumentNullException(nameof(objective));
        _experiences = experiences;
        _options = OptionRules.Checked(options, new TrainerOptionsValidator());
        _sampler = sampler ?? policy;
        _reference = reference;
        _shaper = shaper;
        _filter = filter;
        _logger = logger ?? NullLogger<Trainer>.Instance;
        _time = time ?? TimeProvider.System;
        _meters = meters;
        if (_options.GroupSize < advantages.MinimumGroupSize)
        {
            throw new OptionsValidationException(nameof(TrainerOptions), typeof(TrainerOptions),
                [$"{nameof(TrainerOptions.GroupSize)} must be at least {advantages.MinimumGroupSize} with {advantages.GetType().Name}, got {_options.GroupSize}: a lone trajectory has no group to be compared with. Raise the group size or choose another estimator."]);
        }
    }

    /// <summary>Composes a trainer for an algorithm.</summary>
    /// <param name="policy">The model to train; it also samples.</param>
    /// <param name="verifier">Judges the trajectories.</param>
    /// <param name="algorithm">Estimator, objective and filter.</param>
    /// <param name="experiences">Extracts meta-experiences; null for plain reinforcement learning.</param>
    /// <param name="options">The shape of the run; the defaults where null.</param>
    /// <exception cref="OptionsValidationException">An option breaks a rule of <see cref="TrainerOptionsValidator"/>, or the group size is below what the estimator can compare.</exception>
    public Trainer(IPolicy policy, IVerifier verifier, Algorithm algorithm, IExperienceExtractor? experiences, TrainerOptions? options)
        : this(policy, verifier, (algorithm ?? throw new ArgumentNullException(nameof(algorithm))).Advantages, algorithm.Objective, experiences, options, shaper: algorithm.Shaper, filter: algorithm.Filter)
    {
    }

    /// <summary>Trains for the configured number of steps, or for what is left of it where the checkpoint folder holds an unfinished run.</summary>
    /// <param name="prompts">The questions.</param>
    /// <param name="progress">Receives a report after every step.</param>
    /// <param name="cancellationToken">Stops the run at the last step boundary; where a checkpoint folder is set, a checkpoint of it is written first.</param>
    /// <exception cref="PromptTooLongException">A prompt does not fit into the context of the model.</exception>
    /// <exception cref="Checkpoints.CheckpointException">The checkpoint folder holds something else than this run.</exception>
    /// <exception cref="OperationCanceledException">The run was stopped.</exception>
    public async Task<TrainingReport> RunAsync(IPromptSource prompts, IProgress<StepReport>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(prompts);
        ComputeThreads.Keep();
        long start = _time.GetTimestamp();
        using AdamW optimizer = new(_policy.Parameters, _options.Optimizer);
        using MelMeter meter = new(_meters);
        TrainingState state = Resume(optimizer);
        StepReport? last = null;
        try
        {
            while (state.Step < _options.Steps)
            {
                cancellationToken.ThrowIfCancellationRequested();
                (last, state) = await StepAsync(prompts, optimizer, state, cancellationToken).ConfigureAwait(false);
                meter.Record(last.Timing.Total, last.SampledTokens, last.Reward, last.Metrics[MetricNames.FractionZeroStd], last.Experiences.Retained.Count);
                Log.StepDone(_logger, last.Step, last.Steps, last.Reward, last.Metrics[MetricNames.GradientNorm], last.Timing.Total.TotalSeconds);
                progress?.Report(last);
                if (state.Step % _options.CheckpointEverySteps == 0 || state.Step == _options.Steps) Save(optimizer, state);
            }
        }
        catch (OperationCanceledException)
        {
            // The policy only changes in the synchronous update at the end of a step, so weights, moments and state are those of a step boundary.
            Save(optimizer, state);
            throw;
        }

        return new TrainingReport(state.Step, last, _time.GetElapsedTime(start), state.Tokens);
    }

    private TrainingState Resume(AdamW optimizer)
    {
        TrainingState? state = _options.CheckpointFolder is { } folder ? TrainingCheckpoint.TryLoad(folder, _policy.Parameters, optimizer, Fingerprint()) : null;
        if (state is not null) Log.Resumed(_logger, state.Step, _options.CheckpointFolder!);
        return state ?? new TrainingState(0, 0, 0, 0);
    }

    private void Save(AdamW optimizer, TrainingState state)
    {
        if (_options.CheckpointFolder is not { } folder || state.Step == 0) return;
        TrainingCheckpoint.Save(folder, _policy.Parameters, optimizer, state, Fingerprint());
        Log.CheckpointWritten(_logger, state.Step, folder);
    }

    /// <summary>What a resumed run must share with the one it continues: whatever changes its numbers. The number of steps may grow.</summary>
    private string Fingerprint()
    {
        (SamplingOptions sampling, OptimizerOptions optimizer) = (_options.Sampling, _options.Optimizer);
        return string.Create(CultureInfo.InvariantCulture,
            $"seed {_options.Seed}, prompts {_options.PromptsPerStep}, group {_options.GroupSize}, mini-batch {_options.MiniBatchPrompts}, epochs {_options.Epochs}, "
            + $"estimator {_advantages.GetType().Name}, objective {_objective.GetType().Name}, experiences {_experiences?.GetType().Name ?? "none"}, "
            + $"temperature {sampling.Temperature}, top-k {sampling.TopK}, top-p {sampling.TopP}, min-p {sampling.MinP}, max tokens {sampling.MaxTokens}, "
            + $"learning rate {optimizer.LearningRate}, warm-up {optimizer.WarmupSteps}, schedule {optimizer.Schedule}, betas {optimizer.Beta1} {optimizer.Beta2}, epsilon {optimizer.Epsilon}, "
            + $"weight decay {optimizer.WeightDecay}, gradient limit {optimizer.MaxGradientNorm}");
    }
}
