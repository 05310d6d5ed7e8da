namespace Mel.Samples.Study;

/// <summary>One run that the study needs.</summary>
/// <param name="Part">The file its row goes to.</param>
/// <param name="Arm">How it trains.</param>
/// <param name="World">Where.</param>
/// <param name="Seed">Seed of its questions and samples: the same for all arms, so that arms are compared seed by seed.</param>
/// <param name="Steps">Its length.</param>
internal sealed record StudyJob(string Part, Arm Arm, StudyWorld World, ulong Seed, int Steps)
{
    public override string ToString() => $"{Part}: {Arm.Name} in {World.Name}, seed {Seed}, {Steps} steps";

    /// <summary>Whether a row is of this run.</summary>
    public bool Is(RunRow row)
        => row.Part == Part && row.Arm == Arm.Name && row.Settings == Arm.Settings && row.World == World.Name && row.Seed == Seed && row.Steps == Steps;
}
