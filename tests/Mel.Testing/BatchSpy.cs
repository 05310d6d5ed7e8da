using Mel.Objectives;

namespace Mel.Testing;

/// <summary>Remembers every optimizer batch an objective is given.</summary>
/// <param name="inner">The objective that does the work.</param>
public sealed class BatchSpy(IObjective inner) : DelegatingObjective(inner)
{
    public List<TrainingBatch> Batches { get; } = [];

    public override IReadOnlyList<ILossTerm> Terms(TrainingBatch batch)
    {
        Batches.Add(batch);
        return base.Terms(batch);
    }
}
