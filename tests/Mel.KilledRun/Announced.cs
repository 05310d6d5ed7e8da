using Mel.Training;

namespace Mel.KilledRun;

/// <summary>Tells the test how far the run is.</summary>
internal sealed class Announced : IProgress<StepReport>
{
    public void Report(StepReport value) => Console.WriteLine(value.Step);
}
