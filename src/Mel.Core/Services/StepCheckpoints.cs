using System.Globalization;
using Mel.Checkpoints;
using Mel.Diagnostics;
using Mel.Runtime;
using Mel.Training;

namespace Mel.Services;

/// <summary>
/// Keeps the checkpoints of every n-th step, the newest few of them, each in a folder of its own: <c>step-50</c>, <c>step-100</c>, ... A run that gets such a
/// folder as <see cref="TrainerOptions.CheckpointFolder"/> goes on from that step.
/// </summary>
/// <remarks>
/// The service removes older checkpoints, and those of later steps that a run left which goes on from an earlier one; other files stay. A checkpoint that
/// cannot be written, on a full disk for instance, is left out, and the log says so.
/// </remarks>
public sealed class StepCheckpoints : IRunService
{
    private const string Prefix = "step-";

    private readonly StepCheckpointsOptions _options;
    private string? _folder;

    /// <summary>Creates the service.</summary>
    /// <param name="options">Interval, number and folder; the defaults where null.</param>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">An option is out of its range.</exception>
    public StepCheckpoints(StepCheckpointsOptions? options = null) => _options = OptionRules.Checked(options, new StepCheckpointsOptionsValidator());

    /// <inheritdoc/>
    public ValueTask StartAsync(RunContext run, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(run);
        _folder = CheckpointFolders.Beside(run, _options.Folder, "steps", nameof(StepCheckpoints));
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask ReportAsync(RunContext run, StepReport report, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(report);
        if (report.Step % _options.EverySteps != 0) return ValueTask.CompletedTask;
        try
        {
            run.SaveAlone(Path.Combine(_folder!, Prefix + report.Step.ToString(CultureInfo.InvariantCulture)));
            Prune(report.Step);
        }
        catch (Exception e) when (e is IOException and not CheckpointException or UnauthorizedAccessException)
        {
            Log.NotKept(run.Logger, report.Step, _folder!, e.Message);
        }

        return ValueTask.CompletedTask;
    }

    private void Prune(int step)
    {
        if (_options.Keep == 0) return;
        foreach (string folder in Directory.GetDirectories(_folder!, Prefix + "*"))
        {
            bool isStep = int.TryParse(Path.GetFileName(folder)[Prefix.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out int other);
            if (isStep && (other > step || other <= step - ((long)_options.Keep * _options.EverySteps))) RunFolder.Remove(folder);
        }
    }
}
