using Mel.Training;

namespace Mel.Core.Tests.Services;

/// <summary>Adds a figure whose value each step has been written down beforehand; NaN adds none.</summary>
internal sealed class Scripted(string name, params double[] values) : IRunService
{
    public ValueTask StepAsync(RunContext run, StepReport report, CancellationToken cancellationToken)
    {
        if (!double.IsNaN(values[report.Step - 1])) run.AddMetric(name, values[report.Step - 1]);
        return ValueTask.CompletedTask;
    }
}
