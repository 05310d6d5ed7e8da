using System.Diagnostics;
using Mel.Advantages;
using Mel.Algorithms;
using Mel.Diagnostics;
using Mel.Experiences;
using Mel.Prompts;
using Mel.Rewards;
using Mel.Rollouts;
using Mel.Runtime;
using Mel.Verification;

namespace Mel.Training;

/// <summary>
/// Moves data between the stages of reinforcement learning with verifiable rewards: prompts, rollouts, judgements, experiences, advantages, update. A trainer
/// knows every abstraction and no implementation: the parts it is composed of decide what is learned and how.
/// </summary>
/// <remarks>
/// A trainer makes one run at a time. Everything it draws at random derives from <see cref="TrainerOptions.Seed"/> and the position in the run, so that a run
/// that was stopped and resumed equals one that was not. (A source that shuffles its questions has a seed of its own.) The two are equal bit for bit where
/// libtorch computes with the same number of threads, which is that of the thread that starts the run (<see cref="ComputeThreads"/>).
/// </remarks>
public sealed class Trainer
{
    private const ulong ExperienceStream = 2, AdvantageStream = 3;

    private readonly RunSetup _setup;

    /// <summary>Composes a trainer.</summary>
    /// <param name="policy">The model to train; it also samples unless <see cref="TrainerParts.Sampler"/> is given.</param>
    /// <param name="verifier">Judges the trajectories.</param>
    /// <param name="algorithm">Estimator, objective and, where it has them, experiences, shaper and filter.</param>
    /// <param name="options">The shape of the run; the defaults where null.</param>
    /// <param name="parts">Another sampler, a reference, services, logger and clock; the defaults where null.</param>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">
    /// An option is out of its range, or the group size is below what the estimator can compare.
    /// </exception>
    /// <exception cref="RunCompositionException">The parts do not fit together; the message lists every reason.</exception>
    public Trainer(IPolicy policy, IVerifier verifier, Algorithm algorithm, TrainerOptions? options = null, TrainerParts? parts = null)
        => _setup = new RunSetup(policy, verifier, algorithm, options, parts);

    /// <summary>Trains for the configured number of steps, or for what is left of it where the checkpoint folder holds an unfinished run.</summary>
    /// <param name="prompts">The questions.</param>
    /// <param name="progress">
    /// Receives a report after every step, before the next step begins. A <see cref="Progress{T}"/> does not: it posts its reports, and the weights change
    /// while they are read. Whoever evaluates or saves the policy on a report implements <see cref="IProgress{T}"/>, or <see cref="IRunService"/>.
    /// </param>
    /// <param name="cancellationToken">Stops the run at the last step boundary; where a checkpoint folder is set, a checkpoint of it is written first.</param>
    /// <remarks>
    /// Prompts that leave no room for a response are passed over and counted. An exception of a part leaves the run as the part threw it;
    /// <see cref="RunFailure.Of"/> says which part it was, and at which step and prompt.
    /// </remarks>
    /// <exception cref="PromptTooLongException">No prompt of many in a row fits into the context of the model.</exception>
    /// <exception cref="PartResultException">A part returned what its interface does not allow.</exception>
    /// <exception cref="TimeoutException">The verifier took too long, or a part gave up by a cancellation of its own.</exception>
    /// <exception cref="Checkpoints.CheckpointException">
    /// The checkpoint folder holds something else than this run, or only damaged checkpoints; another run holds it; or nothing can be written to it.
    /// </exception>
    /// <exception cref="DivergedException">Too many updates in a row had no finite gradient.</exception>
    /// <exception cref="InvalidOperationException">The trainer is in the middle of a run.</exception>
    /// <exception cref="OperationCanceledException">The run was stopped.</exception>
    public async Task<TrainingReport> RunAsync(IPromptSource prompts, IProgress<StepReport>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(prompts);
        cancellationToken.ThrowIfCancellationRequested();
        using IDisposable running = _setup.Begin();
        ComputeThreads.Keep();
        using Activity? activity = RunActivities.StartRun(_setup);
        try
        {
            return await RunAsync(prompts, progress, activity, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (activity.Fails(e))
        {
            throw;
        }
    }

    private async Task<TrainingReport> RunAsync(
        IPromptSource prompts, IProgress<StepReport>? progress, Activity? activity, CancellationToken cancellationToken)
    {
        long start = _setup.Time.GetTimestamp();
        using PolicyUpdater updater = new(_setup.Policy, _setup.Algorithm.Objective, _setup.Options, _setup.Logger);
        using RunFolder? folder = _setup.Hold(updater);
        RunServices services = new(_setup, progress);
        RunContext run = await _setup.ResumeAsync(prompts, updater, services, cancellationToken).ConfigureAwait(false);
        activity.Resumes(run);
        StepReport? last = null;
        try
        {
            await services.StartAsync(run, cancellationToken).ConfigureAwait(false);
            if (run.State.OpenFigures is { } open) last = await ReopenAsync(open, run, services, cancellationToken).ConfigureAwait(false);
            while (run.State.Step < _setup.Options.Steps && run.StopReason is null)
            {
                cancellationToken.ThrowIfCancellationRequested();
                last = await StepAsync(prompts, updater, run, services, cancellationToken).ConfigureAwait(false);
            }

            run.End = run.StopReason is null ? RunEnd.Completed : RunEnd.Stopped;
        }
        catch (OperationCanceledException)
        {
            run.End = RunEnd.Canceled;
            throw;
        }
        catch (Exception e)
        {
            (run.End, run.Failure) = (RunEnd.Failed, e);
            Log.Failed(_setup.Logger, RunFailure.Of(e) ?? "The run failed.", e.GetType().Name, e.Message);
            throw;
        }
        finally
        {
            activity.Ends(run);
            await services.EndAsync(run).ConfigureAwait(false);
        }

        return new TrainingReport(run.State.Step, last, _setup.Time.GetElapsedTime(start), run.State.Tokens) { StopReason = run.StopReason };
    }

    private async Task<StepReport> StepAsync(
        IPromptSource prompts, PolicyUpdater updater, RunContext run, RunServices services, CancellationToken cancellationToken)
    {
        int step = run.State.Step + 1;
        using Activity? activity = RunActivities.StartStep(step, isRepeated: false);
        try
        {
            StepReport report = await PartCall.StepAsync(
                step, () => RunStepAsync(prompts, updater, run, services, cancellationToken), cancellationToken).ConfigureAwait(false);
            activity.Shows(report);
            await services.ReportAsync(run, report, cancellationToken).ConfigureAwait(false);
            return report;
        }
        catch (Exception e) when (activity.Fails(e))
        {
            throw;
        }
    }

    private async Task<StepReport> RunStepAsync(
        IPromptSource prompts, PolicyUpdater updater, RunContext run, RunServices services, CancellationToken cancellationToken)
    {
        (TrainingState state, TimeProvider time, ulong seed) = (run.State, _setup.Time, _setup.Options.Seed);
        run.BeginStep();
        long start = time.GetTimestamp();
        int step = state.Step + 1;
        CollectedRollouts collected = await _setup.Collector.CollectAsync(prompts, step, state.Position, cancellationToken).ConfigureAwait(false);

        ExtractionRequest request = new(collected.Groups, SplitMix64.Derive(seed, ExperienceStream, (ulong)step), step);
        ExtractionResult experiences = await _setup.ExtractAsync(request, cancellationToken).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();

        long updateStart = time.GetTimestamp();
        IReadOnlyList<RolloutGroup> groups = _setup.Score(_setup.Collector.Join(collected.Groups, experiences.Joining));
        RolloutBatch rollouts = new(groups, experiences.ByGroup(groups.Count), SplitMix64.Derive(seed, AdvantageStream, (ulong)step));
        IReadOnlyList<IReadOnlyList<Advantage>> advantages = await AdvantageContract.EstimateAsync(_setup.Algorithm.Advantages, rollouts, cancellationToken)
            .ConfigureAwait(false);
        UpdateReport update = updater.Update(rollouts, advantages, experiences.Rehearsals, state);
        TimeSpan updateTime = time.GetElapsedTime(updateStart);

        long sampled = collected.Tokens + experiences.ExtractionTokens + experiences.ReplayTokens;
        TrainingState next = new(step, collected.Position, state.Updates + update.Updates, state.Tokens + sampled)
        {
            NonFiniteUpdates = update.NonFiniteUpdates,
        };
        StepTiming timing = new(
            collected.SampleDuration, collected.VerifyDuration, experiences.ExtractionDuration, experiences.ReplayDuration, updateTime,
            time.GetElapsedTime(start));
        StepCounts counts = new(sampled, next.Tokens, state.Updates, collected.SkippedTooLong, _setup.TakeVerifierFailures(step));
        StepRollouts all = new(collected.Groups, collected.Evicted, _setup.Algorithm.Filter is not null);
        Dictionary<string, double> figures = new StepMetrics(all, groups, _setup.Extractor is null ? null : experiences, update, timing, counts).ToDictionary();
        StepReport report = new()
        {
            Step = step, Steps = _setup.Options.Steps, Metrics = figures, Timing = timing, Terms = update.Terms, HasSignal = update.HasSignal, Groups = groups,
            Advantages = advantages, EvictedGroups = collected.Evicted, Experiences = experiences, SampledTokens = sampled,
        };
        run.CompleteStep(next, figures);
        await services.StepAsync(run, report, cancellationToken).ConfigureAwait(false);
        return report;
    }

    /// <summary>Shows the last step once more to the services of a run that ended before all of them had seen it. Only its figures are left of it.</summary>
    private async Task<StepReport> ReopenAsync(Dictionary<string, double> figures, RunContext run, RunServices services, CancellationToken cancellationToken)
    {
        StepReport report = new()
        {
            Step = run.State.Step, Steps = _setup.Options.Steps, Metrics = figures, Timing = StepTiming.None, Terms = [], HasSignal = true, Groups = [],
            Experiences = ExtractionResult.Empty, SampledTokens = 0,
        };
        using Activity? activity = RunActivities.StartStep(report.Step, isRepeated: true);
        return await PartCall.StepAsync(
            report.Step,
            async () =>
            {
                run.CompleteStep(run.State, figures);
                await services.StepAsync(run, report, cancellationToken).ConfigureAwait(false);
                await services.ReportAsync(run, report, cancellationToken).ConfigureAwait(false);
                return report;
            },
            cancellationToken,
            activity).ConfigureAwait(false);
    }
}
