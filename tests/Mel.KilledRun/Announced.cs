using Mel.Training;

namespace Mel.KilledRun;

/// <summary>Tells the test how far the run is.</summary>
/// <param name="hangs">Whether the run then hangs for a minute, deaf to its token.</param>
internal sealed class Announced(bool hangs) : IProgress<StepReport>
{
    public void Report(StepReport value)
    {
        Console.WriteLine(value.Step);
        if (hangs) Thread.Sleep(TimeSpan.FromMinutes(1));
    }
}
