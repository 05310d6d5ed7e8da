namespace Mel.Samples.Study;

/// <summary>The worlds, the arms and how they were run.</summary>
internal sealed class DesignSection(StudyData data)
{
    public IEnumerable<string> Lines() =>
    [
        "## Design", "",
        .. Markdown.Text(
            $"A run is {Plan.Steps} steps of {StudyRun.PromptsPerStep} questions x {StudyRun.GroupSize} attempts at T = 1, AdamW (0.9, 0.99) "
            + $"with 5 steps of warm-up and one update per step. Every {RunRecorder.Every} steps {HeldOutQuestions.Greedy} held-out questions "
            + $"are answered greedily; after 30 and {Plan.Steps} steps {HeldOutQuestions.Sampled} of them {HeldOutQuestions.Samples} times at T "
            + $"= 0.6. Seeds {Range(Plan.FreshSeeds)} make the claims; rates and weights were chosen on seeds {Range(Plan.SelectionSeeds)} and "
            + "in earlier probes."),
        .. Markdown.Table(
            ["world", "seed", "operators", "names of each", "steps of a question", "truth believed", "parameters", "begins", "weights", "runs"],
            StudyWorld.All.Select(World)),
        .. Markdown.Table(["arm", "settings"], Plan.Blocks.Where(b => !Plan.IsAside(b.Part)).SelectMany(b => b.Arms).Distinct().Select(Arm)),
        .. Markdown.Text(
            "A weight is the norm of the additional term's gradient relative to that of the base, in every step. The y+ arms learn correct "
            + "attempts instead of heuristics: those of the step's pairs, or 43 drawn from all steps so far. *Without keys* draws 128 of all "
            + "heuristics so far. The memory believes what at least two experiences and 60 % of all that speak about a key agree on, and "
            + "rehearses each belief once a step, after its cue alone."),
    ];

    private IReadOnlyList<string> World(StudyWorld world)
    {
        RunRow? untrained = data.BaseOf(world);
        int runs = data.ArmsOf(world).Sum(a => data.Of(world, a).Count);
        return
        [
            world.Title, $"{world.Seed}", $"{world.Shape.Operators}", $"{world.Shape.NamesPerOperator}", $"{world.Shape.QuestionLength}",
            $"{Markdown.Number(world.Shape.LeastTruth, "0.0")} to {Markdown.Number(world.Shape.MostTruth, "0.0")}", $"{world.Parameters:N0}",
            untrained is null ? Markdown.Missing : Markdown.Percent(untrained.Greedy[0]),
            untrained is null ? Markdown.Missing : $"`{untrained.Weights[..8]}`", $"{runs}",
        ];
    }

    private static IReadOnlyList<string> Arm(Arm arm) => [arm.Title, arm.Settings];

    private static string Range(IReadOnlyList<ulong> seeds) => $"{seeds[0]}-{seeds[^1]}";
}
