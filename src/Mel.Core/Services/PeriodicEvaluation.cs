using System.Globalization;
using Mel.Diagnostics;
using Mel.Evaluation;
using Mel.Prompts;
using Mel.Training;
using Mel.Verification;

namespace Mel.Services;

/// <summary>
/// Evaluates the policy of a run on questions that it does not train on, every few steps and after the last one. The figures are part of the step:
/// <c>eval/pass_at_1</c>, <c>eval/avg_at_8</c>, <c>eval/pass_at_8</c>.
/// </summary>
/// <remarks>
/// An evaluation changes nothing: the run is the same, bit for bit, with and without it. A run that is stopped in the middle of one makes it anew when it goes
/// on, with the same weights, and nothing of the step is lost. A run that <see cref="EarlyStop"/> ends was evaluated in its last step only if that one was due.
/// </remarks>
public sealed class PeriodicEvaluation : IRunService
{
    private readonly IVerifier _verifier;
    private readonly IReadOnlyList<Prompt> _questions;
    private readonly PeriodicEvaluationOptions _options;

    /// <summary>Creates the service.</summary>
    /// <param name="verifier">Judges the attempts; it is called as <see cref="TrainerOptions.Verification"/> says.</param>
    /// <param name="questions">The questions; at least one.</param>
    /// <param name="options">How often and how; the defaults where null.</param>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">An option is out of its range.</exception>
    public PeriodicEvaluation(IVerifier verifier, IReadOnlyList<Prompt> questions, PeriodicEvaluationOptions? options = null)
    {
        _verifier = verifier ?? throw new ArgumentNullException(nameof(verifier));
        ArgumentNullException.ThrowIfNull(questions);
        if (questions.Count == 0) throw new ArgumentException("There is no question to evaluate on; give at least one.", nameof(questions));
        _questions = [.. questions];
        _options = PeriodicEvaluationOptionsValidator.Checked(options);
    }

    /// <inheritdoc/>
    public async ValueTask StartAsync(RunContext run, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(run);
        if (!_options.BeforeFirstStep || run.State.Step > 0) return;
        await EvaluateAsync(run, PeriodicEvaluationOptions.Start, run.AddEarly, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask StepAsync(RunContext run, StepReport report, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(report);
        if (report.Step % _options.EverySteps != 0 && report.Step != report.Steps) return;
        await EvaluateAsync(run, null, run.AddMetric, cancellationToken).ConfigureAwait(false);
    }

    private async Task EvaluateAsync(RunContext run, string? moment, Action<string, double> add, CancellationToken cancellationToken)
    {
        long start = run.Time.GetTimestamp();
        EvaluationReport found = await new Evaluator(run.Sampler, _verifier, run.Options.Verification)
            .EvaluateAsync(_questions, _options.Evaluation, cancellationToken).ConfigureAwait(false);
        TimeSpan duration = run.Time.GetElapsedTime(start);
        string k = found.Samples.ToString(CultureInfo.InvariantCulture);
        Add(MetricNames.EvaluationPassAt1, found.PassAt1);
        if (found.Samples > 0) Add(MetricNames.EvaluationAverageAtK + k, found.AverageAtK);
        // At k = 1 the name is taken by the greedy attempt, and the average is the same figure.
        if (found.Samples > 1) Add(MetricNames.EvaluationPassAtK + k, found.PassAtK);
        Add(MetricNames.EvaluationUnverifiable, found.Unverifiable);
        add(string.Join('/', ((string?[])[MetricNames.EvaluationTime, moment, _options.Name]).Where(part => part is not null)), duration.TotalSeconds);

        void Add(string name, double value)
        {
            int slash = name.IndexOf('/', StringComparison.Ordinal);
            add(string.Join('/', ((string?[])[name[..slash], moment, _options.Name, name[(slash + 1)..]]).Where(part => part is not null)), value);
        }
    }
}
