using Mel.Evaluation;
using Mel.Report;

namespace Mel.Samples.Study;

/// <summary>The pictures of the page, those that the rows suffice for.</summary>
internal sealed class StudyPictures(StudyData data)
{
    private static readonly Arm[] Shown =
        [ArmList.Grpo, ArmList.Equation7, ArmList.CorrectBuffer, ArmList.Memory, ArmList.Positive, ArmList.PositiveMemory, ArmList.PositiveFading];

    private static readonly Arm[] Paper = [ArmList.Grpo, ArmList.Equation7, ArmList.Memory];

    /// <summary>Fig. 3: the reward while training.</summary>
    public IEnumerable<Picture> Reward() => Curves(
        StudyWorld.Standard, Paper, "reward.svg", "Fig. 3 in miniature: reward of the training questions", "share of right attempts, mean of 5 steps",
        row => new Picture.Run([.. Enumerable.Range(1, row.Reward.Count)], row.Reward), smoothing: 5);

    /// <summary>Pass@1 by step in every world.</summary>
    public IEnumerable<Picture> Worlds() => StudyWorld.All.Except([StudyWorld.Small, StudyWorld.Large]).SelectMany(
        world => Curves(world, Shown, $"world-{world.Name}.svg", $"Pass@1 on held-out questions: {world.Title}", "Pass@1", row => Greedy(world, row)));

    /// <summary>Pass@1 by compute: what decides whether something is worth its cost.</summary>
    public IEnumerable<Picture> Compute() => data.WorldsOf(ArmList.Grpo).Where(w => w.IsCommitted).SelectMany(world =>
    {
        var lines = Lines(world, Shown, row => ByCompute(world, row)).Where(l => l.Runs.All(r => r.Steps.Count > 1)).ToArray();
        return lines.Length < 2 ? (IEnumerable<Picture>)[]
            : [new Picture.Curves("compute.svg", $"Pass@1 by compute: {world.Title}", "Pass@1", lines) { StepLabel = "processor time, in steps of GRPO" }];
    });

    /// <summary>Fig. 6-8: one picture for each size of model.</summary>
    public IEnumerable<Picture> Sizes() => Sized().SelectMany(world => Curves(
        world, Paper, $"size-{world.Name}.svg", $"Fig. 6-8 in miniature: {world.Parameters:N0} parameters", "Pass@1", row => Greedy(world, row)));

    /// <summary>Fig. 9: what validation left of the experiences.</summary>
    public IEnumerable<Picture> Retention()
    {
        (string, IReadOnlyList<Picture.Run>)[] lines =
        [
            .. from world in Sized()
               let runs = data.Of(world, ArmList.Equation7).Values.Where(r => r.Retention is not null).ToArray()
               where runs.Length > 0
               select ($"{world.Parameters:N0} parameters",
                   (IReadOnlyList<Picture.Run>)
                   [
                       .. runs.Select(r => new Picture.Run([.. Enumerable.Range(1, r.Steps)], [.. r.Retention!.Select(v => v ?? double.NaN)])),
                   ]),
        ];
        const string title = "Fig. 9 in miniature: experiences that their replay proved";
        return lines.Length == 0 ? [] : [new Picture.Curves("retention.svg", title, "share, mean of 10 steps", lines) { Smoothing = 10 }];
    }

    /// <summary>Fig. 5: other algorithms.</summary>
    public IEnumerable<Picture> Bases()
    {
        (string Name, Arm[] Arms)[] kinds =
        [
            ("alone", [ArmList.Grpo, ArmList.Rft, ArmList.ReinforcePlusPlus]),
            ("ME, Eq. 7", [ArmList.Equation7, ArmList.RftEquation7, ArmList.ReinforcePlusPlusEquation7]),
            ("memory", [ArmList.Memory, ArmList.RftMemory, ArmList.ReinforcePlusPlusMemory]),
        ];
        if (kinds.SelectMany(k => k.Arms).Any(arm => data.Of(StudyWorld.Standard, arm).Count == 0)) return [];
        ChartSeries[] series =
        [
            .. kinds.Select(k => new ChartSeries(k.Name, [.. k.Arms.Select(arm => Bar(
                [.. data.Of(StudyWorld.Standard, arm).Values.Select(r => data.GreedyAt(StudyWorld.Standard, r, 30)).OfType<double>()]))])),
        ];
        return [new Picture.Bars("bases.svg", "Fig. 5 in miniature: over other algorithms", "Pass@1, percent", ["GRPO", "RFT", "REINFORCE++"], series)];
    }

    /// <summary>The memory with one thing changed at a time, and the controls: gains over GRPO of the same seeds.</summary>
    public IEnumerable<Picture> Ablations()
    {
        Arm[] arms =
        [
            .. ((Arm[])[ArmList.Memory, ArmList.MemoryUntil15, .. ArmList.Ablations, ArmList.StepHeuristics, ArmList.HeuristicBuffer, ArmList.CorrectBuffer,
                ArmList.CorrectAttempts, ArmList.Equation7]).Where(a => Gain(a, 30).Count > 1),
        ];
        if (arms.Length == 0) return [];
        ChartSeries[] series = [.. ((int[])[20, 30]).Select(step => new ChartSeries($"{step} steps", [.. arms.Select(a => Bar(Gain(a, step)))]))];
        return
        [
            new Picture.Bars(
                "ablations.svg", "What the memory consists of: gain over GRPO after the same steps", "points of Pass@1", [.. arms.Select(a => a.Name)], series)
            {
                Width = 1400,
            },
        ];

        IReadOnlyList<double> Gain(Arm arm, int step) => new ArmComparison(data, arm, ArmList.Grpo).AtSteps(StudyWorld.Standard, step).Differences;
    }

    public IEnumerable<Picture> All() => [.. Reward(), .. Worlds(), .. Compute(), .. Sizes(), .. Retention(), .. Bases(), .. Ablations()];

    private IEnumerable<StudyWorld> Sized()
        => ((StudyWorld[])[StudyWorld.Small, StudyWorld.Standard, StudyWorld.Large]).Where(w => data.Of(w, ArmList.Grpo).Count > 0);

    private IEnumerable<Picture> Curves(
        StudyWorld world, Arm[] arms, string file, string title, string value, Func<RunRow, Picture.Run> run, int smoothing = 1)
    {
        var lines = Lines(world, arms, run);
        return lines.Length == 0 ? [] : [new Picture.Curves(file, title, value, lines) { Smoothing = smoothing }];
    }

    private (string Name, IReadOnlyList<Picture.Run> Runs)[] Lines(StudyWorld world, Arm[] arms, Func<RunRow, Picture.Run> run)
        =>
        [
            .. from arm in arms
               let runs = data.Of(world, arm).Values.Select(run).Where(r => r.Steps.Count > 0).ToArray()
               where runs.Length > 0
               select (arm.Title, (IReadOnlyList<Picture.Run>)runs),
        ];

    private Picture.Run Greedy(StudyWorld world, RunRow row) => data.BaseOf(world) is { } start
        ? new Picture.Run([0, .. row.EvaluatedSteps], [start.Greedy[0], .. row.Greedy]) : new Picture.Run(row.EvaluatedSteps, row.Greedy);

    private Picture.Run ByCompute(StudyWorld world, RunRow row)
    {
        Arm arm = Plan.Arms[row.Arm];
        List<int> steps = [];
        List<double> values = [];
        for (int step = 0; step <= Plan.Steps; step += RunRecorder.Every)
        {
            double own = data.Costs.Steps(arm, data.Costs.Seconds(ArmList.Grpo, step));
            if (!double.IsFinite(own) || data.GreedyAt(world, row, own) is not { } value) continue;
            steps.Add(step);
            values.Add(value);
        }

        return new Picture.Run(steps, values);
    }

    private static ChartBar Bar(IReadOnlyList<double> shares)
    {
        double[] percent = [.. shares.Select(s => 100 * s)];
        (double low, double high) = ConfidenceInterval.Student(percent);
        return percent.Length == 1 ? new ChartBar(percent[0]) : new ChartBar(percent.Average(), low, high);
    }
}
