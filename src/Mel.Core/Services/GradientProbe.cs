using Mel.Advantages;
using Mel.Diagnostics;
using Mel.Experiences;
using Mel.Objectives;
using Mel.Rewards;
using Mel.Rollouts;
using Mel.Runtime;
using Mel.Training;
using static TorchSharp.torch;

namespace Mel.Services;

/// <summary>
/// Measures where the terms of the loss point: the cosine of each term's gradient with the gradient of the likelihood of true solutions, the cosine of the
/// term's gradients of two halves of the groups, and norms. A term that teaches what the solutions teach has a cosine above 0; one whose halves disagree is
/// mostly noise.
/// </summary>
/// <remarks>
/// The gradients are those at the weights after the step, on the trajectories and experiences of the step, before any scaling. The service takes a few backward
/// passes in every step that it measures, and changes no number of the run.
/// </remarks>
public sealed class GradientProbe : IRunService
{
    /// <summary>Name of the true solutions among the terms.</summary>
    private const string Solutions = "solutions";

    private readonly Func<IPolicy, IReadOnlyList<TokenSequence>> _solutionsOf;
    private readonly int _everySteps;
    private IReadOnlyList<TokenSequence> _solutions = [];

    /// <summary>Creates the service.</summary>
    /// <param name="solutions">Encodes questions and their true solutions, at least two; called once, before the first step.</param>
    /// <param name="everySteps">Steps between two measurements, at least 1.</param>
    public GradientProbe(Func<IPolicy, IReadOnlyList<TokenSequence>> solutions, int everySteps = 10)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(everySteps, 1);
        (_solutionsOf, _everySteps) = (solutions ?? throw new ArgumentNullException(nameof(solutions)), everySteps);
    }

    /// <inheritdoc/>
    public ValueTask StartAsync(RunContext run, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(run);
        _solutions = _solutionsOf(run.Policy);
        return _solutions.Count >= 2
            ? ValueTask.CompletedTask
            : throw new InvalidOperationException($"The gradient probe was given {_solutions.Count} true solutions; two halves need at least 2.");
    }

    /// <inheritdoc/>
    public ValueTask StepAsync(RunContext run, StepReport report, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(report);
        if (report.Step % _everySteps == 0 && report.Groups.Count > 1) Measure(run, report);
        return ValueTask.CompletedTask;
    }

    private void Measure(RunContext run, StepReport report)
    {
        using var scope = NewDisposeScope();
        ProbeGradients gradients = new(run.Policy, run.Options.MicroBatchTokens);
        Tensor[] truth = [.. Enumerable.Range(0, 2).Select(half => gradients.Of(Likelihood([.. _solutions.Where((_, i) => i % 2 == half)])))];
        Tensor all = truth[0] + truth[1];
        Report(run, Solutions, truth, null);
        IReadOnlyList<ILossTerm>[] halves = [.. Enumerable.Range(0, 2).Select(half => run.Objective.Terms(Half(report, half)))];
        foreach (ILossTerm term in halves[0].DistinctBy(t => t.Name))
        {
            if (halves[1].FirstOrDefault(t => t.Name == term.Name) is not { } other) continue;
            Report(run, term.Name, [gradients.Of(term), gradients.Of(other)], all);
        }

        NativeHeap.Settle();
    }

    private static void Report(RunContext run, string name, Tensor[] halves, Tensor? truth)
    {
        using var scope = NewDisposeScope();
        Tensor sum = halves[0] + halves[1];
        run.AddMetric(MetricNames.ProbeNorm + name, ProbeGradients.Norm(sum) / 2);
        if (ProbeGradients.Cosine(halves[0], halves[1]) is { } agreement) run.AddMetric(MetricNames.ProbeSplitHalf + name, agreement);
        if (truth is not null && ProbeGradients.Cosine(sum, truth) is { } cosine) run.AddMetric(MetricNames.ProbeCosine + name, cosine);
    }

    private static LikelihoodTerm Likelihood(IReadOnlyList<TokenSequence> sequences)
        => new(Solutions, TermScaling.One, [.. sequences.Select(s => (s, 1.0 / sequences.Count))], MetricNames.RehearsalNll, MetricNames.RehearsalTokens);

    /// <summary>Every other group of the step with its experiences, and every other rehearsal.</summary>
    private static TrainingBatch Half(StepReport report, int half)
    {
        IReadOnlyList<IReadOnlyList<MetaExperience>> experiences = report.Experiences.ByGroup(report.Groups.Count);
        RolloutGroup[] groups = [.. report.Groups.Where((_, g) => g % 2 == half)];
        IReadOnlyList<Advantage>[] advantages = [.. report.Advantages.Where((_, g) => g % 2 == half)];
        return TrainingBatch.Create(
            new RolloutBatch(groups, [.. experiences.Where((_, g) => g % 2 == half)], 0), advantages,
            [.. report.Experiences.Rehearsals.Where((_, r) => r % 2 == half)]);
    }
}
