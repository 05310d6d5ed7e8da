using System.Diagnostics;
using Mel.Advantages;
using Mel.Diagnostics;
using Mel.Experiences;
using Mel.Objectives;
using Mel.Rollouts;
using Mel.Runtime;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using static TorchSharp.torch;

namespace Mel.Training;

/// <summary>
/// Updates a policy on the rollouts of a step: epochs, mini-batches, micro-batches, the gradients of all terms, learning rate, clipping and optimizer. An
/// update runs from start to finish on the calling thread, because dispose scopes and grad mode belong to a thread.
/// </summary>
public sealed class PolicyUpdater : IDisposable
{
    private readonly IPolicy _policy;
    private readonly IObjective _objective;
    private readonly TrainerOptions _options;
    private readonly ILogger _logger;
    private bool _disposed;

    /// <summary>Creates an updater with fresh moments.</summary>
    /// <param name="policy">The model to train.</param>
    /// <param name="objective">What is minimized.</param>
    /// <param name="options">Batching and optimizer; the defaults where null.</param>
    /// <param name="logger">Receives events; nobody where null.</param>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">An option is out of its range.</exception>
    public PolicyUpdater(IPolicy policy, IObjective objective, TrainerOptions? options = null, ILogger? logger = null)
    {
        _policy = policy ?? throw new ArgumentNullException(nameof(policy));
        _objective = objective ?? throw new ArgumentNullException(nameof(objective));
        _options = TrainerOptionsValidator.Checked(options);
        _logger = logger ?? NullLogger.Instance;
        Optimizer = new AdamW(policy.Parameters, _options.Optimizer);
    }

    /// <summary>The optimizer with its moments.</summary>
    public AdamW Optimizer { get; }

    /// <summary>Whether <see cref="Update"/> failed after it had begun to move the policy: weights and moments are then not those of a step.</summary>
    internal bool IsUnderWay { get; private set; }

    /// <summary>Updates the policy on the rollouts of one step.</summary>
    /// <param name="rollouts">The groups of the step and their experiences.</param>
    /// <param name="advantages">One advantage per trajectory, as an estimator returned them.</param>
    /// <param name="rehearsals">Sequences that are learned by their likelihood and belong to no group. They are spread over the mini-batches.</param>
    /// <param name="state">How far the run was before this step.</param>
    /// <exception cref="DivergedException">Too many updates in a row had no finite gradient; the policy is as the last good update left it.</exception>
    public UpdateReport Update(
        RolloutBatch rollouts, IReadOnlyList<IReadOnlyList<Advantage>> advantages, IReadOnlyList<Rehearsal> rehearsals, TrainingState state)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ArgumentNullException.ThrowIfNull(rollouts);
        ArgumentNullException.ThrowIfNull(advantages);
        ArgumentNullException.ThrowIfNull(rehearsals);
        ArgumentNullException.ThrowIfNull(state);
        using Activity? activity = Activities.Start(Activities.Update);
        try
        {
            UpdateReport report = UpdateAll(rollouts, advantages, rehearsals, state);
            activity?.SetTag(ActivityTags.Updates, report.Updates).SetTag(ActivityTags.Loss, report.Terms.Sum(t => t.Loss * t.Factor))
                .SetTag(ActivityTags.GradientNorm, report.GradientNorm);
            return report;
        }
        catch (Exception e) when (activity.Fails(e))
        {
            throw;
        }
    }

    /// <summary>Releases the optimizer's moments.</summary>
    public void Dispose()
    {
        _disposed = true;
        Optimizer.Dispose();
    }

    private UpdateReport UpdateAll(
        RolloutBatch rollouts, IReadOnlyList<IReadOnlyList<Advantage>> advantages, IReadOnlyList<Rehearsal> rehearsals, TrainingState state)
    {
        UpdateFigures figures = new() { NonFiniteUpdates = state.NonFiniteUpdates };
        // A step whose groups were all filtered out is one empty batch: it reports the same figures as any other.
        int total = Math.Max(1, rollouts.Groups.Count), size = _options.MiniBatchPrompts == 0 ? total : _options.MiniBatchPrompts;
        int updates = _options.Epochs * ((total + size - 1) / size);
        for (int epoch = 0; epoch < _options.Epochs; epoch++)
        {
            for (int first = 0; first < total; first += size)
            {
                int count = Math.Min(size, rollouts.Groups.Count - first);
                RolloutBatch part = new([.. rollouts.Groups.Skip(first).Take(count)], [.. rollouts.Experiences.Skip(first).Take(count)], rollouts.Seed);
                int from = (int)((long)rehearsals.Count * first / total), to = (int)((long)rehearsals.Count * Math.Min(total, first + size) / total);
                TrainingBatch batch = TrainingBatch.Create(part, [.. advantages.Skip(first).Take(count)], [.. rehearsals.Skip(from).Take(to - from)]);
                UpdateOn(batch, state.Step + 1, _options.LearningRateAt(state.Step, figures.Updates, updates), figures);
            }
        }

        IsUnderWay = false;
        NativeHeap.Settle();
        return figures.ToReport();
    }

    private void UpdateOn(TrainingBatch batch, int step, double learningRate, UpdateFigures figures)
    {
        using var scope = NewDisposeScope();
        IReadOnlyList<ILossTerm> terms = PartCall.Run(new PartPlace("objective", _objective), () => _objective.Terms(batch));
        string[] names = Named(terms);
        using UpdateGradients gradients = new(_policy, terms, names, _options.ReportTermGradients);
        for (int t = 0; t < terms.Count; t++) figures.Add(terms[t].Metrics, names[t], terms[t].Name);
        foreach (MicroBatch part in new ScoringPlan(terms).MicroBatches(_options.MicroBatchTokens))
        {
            using var partScope = NewDisposeScope();
            foreach ((int term, IReadOnlyList<ObjectiveMetric> metrics) in gradients.Add(part)) figures.Add(metrics, names[term], terms[term].Name);
        }

        IReadOnlyList<TermReport> reports = gradients.Combine();
        double norm = gradients.TotalNorm();
        figures.Add(reports, norm, learningRate);
        if (norm == 0) return;
        if (!double.IsFinite(norm))
        {
            Log.NonFiniteGradient(_logger, step, norm);
            figures.IsNonFinite = true;
            if (++figures.NonFiniteUpdates >= _options.MaxNonFiniteUpdates) throw new DivergedException(step, figures.NonFiniteUpdates, norm);
            return;
        }

        figures.NonFiniteUpdates = 0;
        IsUnderWay = true;
        double limit = _options.Optimizer.MaxGradientNorm;
        Optimizer.Step(learningRate, limit > 0 && norm > limit ? limit / norm : 1.0);
        figures.HasSignal = true;
    }

    /// <summary>A distinct name for every term. The second term of a name is <c>name_2</c>.</summary>
    private static string[] Named(IReadOnlyList<ILossTerm> terms)
    {
        Dictionary<string, int> seen = new(StringComparer.Ordinal);
        return [.. terms.Select(t => (seen[t.Name] = seen.GetValueOrDefault(t.Name) + 1) is 1 ? t.Name : $"{t.Name}_{seen[t.Name]}")];
    }
}
