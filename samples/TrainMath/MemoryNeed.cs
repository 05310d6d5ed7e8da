using Mel.Prompts;
using Mel.Training;
using Mel.Transformers;
using Mel.Transformers.Estimation;

namespace Mel.Samples.TrainMath;

/// <summary>What a run will take, from the shapes alone: said before it begins rather than by the system's killing it.</summary>
internal static class MemoryNeed
{
    public static string Describe(TransformerPolicy policy, IReadOnlyList<Prompt> prompts, TrainerOptions options)
    {
        int prompt = prompts.Max(p => policy.Encode(p.Messages).Length), sequence = Math.Min(policy.ContextTokens, prompt + options.Sampling.MaxTokens);
        ResourceEstimate need = policy.Estimate(new ResourceEstimateOptions
        {
            PromptTokens = Math.Min(prompt, sequence - 1),
            SequenceTokens = sequence,
            MicroBatchSequences = Math.Clamp(options.MicroBatchTokens / sequence, 1, options.PromptsPerStep * options.GroupSize),
            SampledSequences = options.PromptsPerStep * options.GroupSize,
        });
        return $"Memory, at most, if every response took all its tokens: an update {Gigabytes(need.TrainingBytes)} (weights {Gigabytes(need.WeightBytes)}, " +
            $"gradients {Gigabytes(need.GradientBytes)}, "
            + $"optimizer {Gigabytes(need.OptimizerBytes)}, activations {Gigabytes(need.ActivationBytes)}), " +
                $"sampling {Gigabytes(need.WeightBytes + Math.Min(need.CacheBytes, new TransformerPolicyOptions().CacheBytes))}. "
            + "Adapters (--lora), bfloat16 weights (--weights), recomputation (--recompute) and smaller micro-batches (--micro-batch-tokens) lower it.";
    }

    private static string Gigabytes(long bytes) => $"{bytes / 1e9:F1} GB";
}
