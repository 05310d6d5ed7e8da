namespace Mel.Samples.Study;

/// <summary>
/// The runs of the study in the order in which they are made: what most depends on comes first, and within a block seed by seed, so that whenever the study is
/// stopped, arms have the same seeds.
/// </summary>
internal static class Plan
{
    public const int Steps = 60, SelectionSteps = 30;

    /// <summary>The part whose runs look into gradients.</summary>
    public const string ProbePart = "probe";

    /// <summary>Seeds on which nothing was ever chosen: every claim is made on them.</summary>
    public static readonly IReadOnlyList<ulong> FreshSeeds = [101, 102, 103, 104, 105, 106, 107, 108];

    /// <summary>Seeds on which learning rates and weights were chosen.</summary>
    public static readonly IReadOnlyList<ulong> SelectionSeeds = [1, 2, 3];

    public static readonly IReadOnlyList<Block> Blocks =
    [
        new("standard", StudyWorld.Standard, ArmList.Main, FreshSeeds),
        new("world-2", StudyWorld.Second, ArmList.Claims, FreshSeeds),
        new("world-3", StudyWorld.Third, ArmList.Claims, FreshSeeds),
        new("operators", StudyWorld.Operators, [.. ArmList.Claims, ArmList.PositiveFading], FreshSeeds),
        new("noisy", StudyWorld.Noisy, [ArmList.Grpo, ArmList.Memory, ArmList.MemoryEmbeddings, ArmList.HeuristicBuffer, ArmList.CorrectBuffer], FreshSeeds),
        new("wording", StudyWorld.Standard, ArmList.Wordings, FreshSeeds),
        new("comparators", StudyWorld.Standard, ArmList.Comparators, FreshSeeds),
        new("bases", StudyWorld.Standard, ArmList.Bases, FreshSeeds),
        new("large", StudyWorld.Large, ArmList.Sizes, FreshSeeds),
        new("small", StudyWorld.Small, ArmList.Sizes, FreshSeeds),
        new("hard", StudyWorld.Hard, ArmList.Claims, FreshSeeds),
        new("world-2", StudyWorld.Second, [.. ArmList.Main.Except(ArmList.Claims)], FreshSeeds),
        new("world-3", StudyWorld.Third, [.. ArmList.Main.Except(ArmList.Claims)], FreshSeeds),
        new("ablations", StudyWorld.Standard, ArmList.Ablations, FreshSeeds),
        new(ProbePart, StudyWorld.Standard, ArmList.Probed, [.. FreshSeeds.Take(3)]) { Steps = SelectionSteps },
        new("selection", StudyWorld.Standard, ArmList.Selection, SelectionSeeds) { Steps = SelectionSteps },
    ];

    /// <summary>Whether the rows of a part are no runs that claims are made of.</summary>
    public static bool IsAside(string part) => part is ProbePart or "selection";

    /// <summary>All arms by name.</summary>
    public static readonly IReadOnlyDictionary<string, Arm> Arms = Blocks.SelectMany(b => b.Arms).Append(ArmList.Base).Distinct().ToDictionary(a => a.Name);

    /// <summary>All runs.</summary>
    public static IEnumerable<StudyJob> Jobs() => Blocks.SelectMany(b => b.Jobs()).Distinct();
}

/// <summary>Runs that belong together.</summary>
/// <param name="Part">The file of their rows.</param>
/// <param name="World">Where they train.</param>
/// <param name="Arms">How they train.</param>
/// <param name="Seeds">Their seeds.</param>
internal sealed record Block(string Part, StudyWorld World, IReadOnlyList<Arm> Arms, IReadOnlyList<ulong> Seeds)
{
    public int Steps { get; init; } = Plan.Steps;

    /// <summary>The runs; where the block is about a world as such, its untrained model first.</summary>
    public IEnumerable<StudyJob> Jobs() =>
    [
        .. HasBase ? [new StudyJob(Part, ArmList.Base, World, 0, 0)] : (StudyJob[])[],
        .. from seed in Seeds from arm in Arms select new StudyJob(Part, arm, World, seed, Steps),
    ];

    private bool HasBase => Part == World.Name;
}
