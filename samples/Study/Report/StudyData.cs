namespace Mel.Samples.Study;

/// <summary>The rows of the study by world, arm and seed. Rows of arms whose settings have changed since, and runs of another length, are left out.</summary>
internal sealed class StudyData
{
    private static readonly IReadOnlyDictionary<ulong, RunRow> None = new Dictionary<ulong, RunRow>();

    private readonly Dictionary<(string Part, string World, string Arm), SortedDictionary<ulong, RunRow>> _runs = [];

    public StudyData(IReadOnlyList<RunRow> rows)
    {
        foreach (StudyJob job in Plan.Jobs())
        {
            if (rows.FirstOrDefault(job.Is) is not { } row) continue;
            (string, string, string) key = (Plan.IsAside(job.Part) ? job.Part : "", job.World.Name, job.Arm.Name);
            if (!_runs.TryGetValue(key, out SortedDictionary<ulong, RunRow>? runs)) _runs[key] = runs = [];
            runs[job.Seed] = row;
            Count++;
        }

        Costs = new CostTable([.. rows.Where(r => r.Part == CostCommand.Part && CostCommand.Arms.Any(a => a.Name == r.Arm && a.Settings == r.Settings))]);
    }

    /// <summary>Number of runs that count.</summary>
    public int Count { get; }

    public CostTable Costs { get; }

    /// <summary>The runs of an arm on fresh seeds, by seed.</summary>
    public IReadOnlyDictionary<ulong, RunRow> Of(StudyWorld world, Arm arm) => Find("", world, arm);

    /// <summary>The runs of an arm on the seeds on which numbers were chosen.</summary>
    public IReadOnlyDictionary<ulong, RunRow> SelectionOf(Arm arm) => Find("selection", StudyWorld.Standard, arm);

    /// <summary>The runs of an arm whose gradients were looked into.</summary>
    public IReadOnlyDictionary<ulong, RunRow> ProbedOf(Arm arm) => Find(Plan.ProbePart, StudyWorld.Standard, arm);

    /// <summary>The arms that have runs in a world, in the order of the plan.</summary>
    public IEnumerable<Arm> ArmsOf(StudyWorld world)
        => Plan.Blocks.Where(b => b.World == world && !Plan.IsAside(b.Part)).SelectMany(b => b.Arms).Distinct().Where(a => Of(world, a).Count > 0);

    /// <summary>The untrained model of a world; null where it was not evaluated.</summary>
    public RunRow? BaseOf(StudyWorld world) => Of(world, ArmList.Base).Values.FirstOrDefault();

    /// <summary>The worlds that an arm has runs in.</summary>
    public IEnumerable<StudyWorld> WorldsOf(params Arm[] arms) => StudyWorld.All.Where(w => arms.All(a => Of(w, a).Count > 0));

    /// <summary>Greedy accuracy after some steps; that of the untrained model after none. Between two evaluations it is taken to change evenly.</summary>
    /// <returns>Null where the run is shorter, or has no figure before the first evaluation.</returns>
    public double? GreedyAt(StudyWorld world, RunRow row, double step)
    {
        if (step <= 0) return BaseOf(world)?.Greedy[0];
        int after = row.EvaluatedSteps.TakeWhile(s => s < step).Count();
        if (after == row.EvaluatedSteps.Count) return null;
        double high = row.Greedy[after], end = row.EvaluatedSteps[after];
        if (end == step) return high;
        double start = after == 0 ? 0 : row.EvaluatedSteps[after - 1];
        double? low = after == 0 ? BaseOf(world)?.Greedy[0] : row.Greedy[after - 1];
        return low + ((high - low) * (step - start) / (end - start));
    }

    private IReadOnlyDictionary<ulong, RunRow> Find(string part, StudyWorld world, Arm arm)
        => _runs.TryGetValue((part, world.Name, arm.Name), out SortedDictionary<ulong, RunRow>? runs) ? runs : None;
}
