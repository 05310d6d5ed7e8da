using Mel.Training;

namespace Mel.Samples.TrainMath;

/// <summary>What a step consists of, in one line.</summary>
internal static class BatchArithmetic
{
    public static string Describe(TrainerOptions options, int promptTokens)
    {
        int prompts = options.PromptsPerStep, rollouts = prompts * options.GroupSize;
        int each = options.MiniBatchPrompts == 0 ? prompts : Math.Min(prompts, options.MiniBatchPrompts);
        int updates = (prompts + each - 1) / each * options.Epochs, scored = each * options.GroupSize;
        int atOnce = Math.Clamp(options.MicroBatchTokens / (promptTokens + options.Sampling.MaxTokens), 1, scored), parts = (scored + atOnce - 1) / atOnce;
        return $"{prompts} prompts x {options.GroupSize} = {rollouts} rollouts a step; {Count(updates, "update")} a step, of {scored} rollouts in at most "
            + $"{Count(parts, "micro-batch", "micro-batches")}; {(long)updates * options.Steps} updates in {options.Steps} steps.";
    }

    private static string Count(int number, string one, string? many = null) => number == 1 ? $"1 {one}" : $"{number} {many ?? one + "s"}";
}
