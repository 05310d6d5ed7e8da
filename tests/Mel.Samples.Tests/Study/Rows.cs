using Mel.Samples.Study;

namespace Mel.Samples.Tests.Study;

/// <summary>Rows as runs write them, with figures that a test chooses.</summary>
internal static class Rows
{
    public static RunRow Of(Arm arm, StudyWorld world, ulong seed, params double[] greedy) => new()
    {
        Part = "standard", Arm = arm.Name, World = world.Name, Seed = seed, Steps = Plan.Steps, Settings = arm.Settings, Weights = "0123456789abcdef",
        EvaluatedSteps = [.. Enumerable.Range(1, greedy.Length).Select(i => i * RunRecorder.Every)], Greedy = greedy, Reward = [], Seconds = [],
    };

    public static RunRow Base(StudyWorld world, double greedy) => new()
    {
        Part = world.Name, Arm = ArmList.Base.Name, World = world.Name, Seed = 0, Steps = 0, Settings = ArmList.Base.Settings, Weights = "0123456789abcdef",
        EvaluatedSteps = [0], Greedy = [greedy], SampledSteps = [0], AverageAt8 = [greedy], PassAt8 = [greedy], Reward = [], Seconds = [],
    };

    /// <summary>A run that measured what every five steps cost.</summary>
    public static RunRow Cost(Arm arm, ulong seed, params double[] secondsOfFive) => new()
    {
        Part = CostCommand.Part, Arm = arm.Name, World = StudyWorld.Standard.Name, Seed = seed, Steps = secondsOfFive.Length * RunRecorder.Every,
        Settings = arm.Settings, Weights = "0123456789abcdef", EvaluatedSteps = [], Greedy = [], Reward = [],
        Seconds = [.. secondsOfFive.Select((_, i) => secondsOfFive.Take(i + 1).Sum())],
    };
}
