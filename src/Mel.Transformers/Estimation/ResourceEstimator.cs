using Mel.Head;
using Mel.Runtime;
using Mel.Transformers.Adapters;
using Mel.Transformers.Kernels;
using Mel.Transformers.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Mel.Transformers.Estimation;

/// <summary>
/// Counts the memory and the work of a run from the shapes: what each node of the graph keeps, what an optimizer holds, what every token multiplies.
/// </summary>
internal static class ResourceEstimator
{
    // Logits of a step of sampling.
    private const long SamplingElements = 1L << 24;

    // Gaps in glibc's heap that nothing fits into, in activations of a layer: between 1.2 and 4 where it was measured.
    private const int UnusableLayers = 2;

    public static ResourceEstimate Estimate(DecoderModel model, ResourceEstimateOptions options)
    {
        ModelConfig config = model.Config;
        options = OptionRules.Checked(options, new ResourceEstimateOptionsValidator(config));
        long weightSize = SizeOf(model.DataType);
        long parameters = config.ParameterCount, adapters = model.Lora is { } lora ? AdapterCount(config, lora) : 0;
        long trained = adapters > 0 ? adapters : parameters, embedding = (long)config.VocabularySize * config.HiddenSize;
        long tokens = (long)options.MicroBatchSequences * options.SequenceTokens;
        long responses = options.SequenceTokens - options.PromptTokens, scored = options.MicroBatchSequences * responses;
        long layers = parameters - embedding * (config.TiedEmbeddings ? 1 : 2) - config.HiddenSize, head = embedding;
        // Products per weight: forward, gradient of the input, gradient of the weight unless it is frozen, and once more forward where activations are
        // recomputed.
        double active = layers + head, pass = adapters > 0 ? 4 : 6, again = model.RecomputesActivations ? 2 : 0;
        double queryWidth = (double)config.Heads * config.HeadSize;
        double samples = options.SampledSequences, drawn = samples * responses, meanContext = options.PromptTokens + responses / 2.0;
        var (activationBytes, layerBytes, passingBytes) = Activations(model, options.SequenceTokens, tokens);
        long cacheToken = KvCache.BytesPerToken(config, model.ActivationType);
        return new ResourceEstimate
        {
            WeightBytes = (parameters + adapters) * weightSize,
            GradientBytes = options.GradientCopies * trained * weightSize,
            OptimizerBytes = trained * (model.DataType == ScalarType.Float32 ? 8 : 12),
            ActivationBytes = activationBytes,
            RecomputedBytes = model.RecomputesActivations ? layerBytes + passingBytes : 0,
            AllocatorBytes = OperatingSystem.IsLinux() && model.Device.type == DeviceType.CPU ? UnusableLayers * layerBytes : 0,
            LogitBytes = Math.Max(
                adapters > 0 ? ScoringBytes(model) * Math.Min(HeadSizes.BlockElements, scored * config.VocabularySize) : GradientLogitBytes(model, scored),
                sizeof(float) * Math.Min(SamplingElements, (long)options.SampledSequences * config.VocabularySize)),
            // Several chunks add up in float32.
            HeadGradientBytes = adapters > 0 ? 0 : embedding * (weightSize < 4 && IsSummed(model, scored) ? 4 + weightSize : weightSize),
            TransientBytes = adapters > 0 ? 0 : embedding * (config.TiedEmbeddings ? 1 : 2) * weightSize,
            CacheBytes = (long)options.SampledSequences * options.SequenceTokens * cacheToken,
            TrainingOperations = tokens * (layers * (pass + again) + config.Layers * queryWidth * options.SequenceTokens * (6 + again)) + scored * head * pass,
            SamplingOperations = 2 * drawn * active + 4 * drawn * config.Layers * queryWidth * meanContext + 2.0 * options.PromptTokens * layers,
            SamplingTraffic = responses * active * weightSize + drawn * meanContext * cacheToken,
        };
    }

    // Bytes that a training pass keeps for its backward pass: the inputs of every node of the graph, each tensor once; and the gradients that are passed on
    // within a layer. Beside them the bytes of one layer, and of those gradients.
    private static (long All, long Layer, long Passing) Activations(DecoderModel model, int sequenceTokens, long tokens)
    {
        ModelConfig config = model.Config;
        long size = SizeOf(model.ActivationType), hidden = config.HiddenSize, inner = config.IntermediateSize;
        long queries = (long)config.Heads * config.HeadSize, keys = (long)config.KeyValueHeads * config.HeadSize;
        long streams = 2 * hidden;                                                      // the residual stream before each normalization
        long raw = config.NormalizesQueriesAndKeys ? queries + keys : 0;                // before the normalization per head
        long attention = config.Heads + (sequenceTokens <= SelfAttentionKernel.MaxLength && size == 4
            ? 2 * queries + 2 * keys
            : 3 * queries + 2 * keys);                                                  // libtorch's gives its result head by head, to be put together
        long layer = (streams + raw + attention + 2 * inner) * size + ProductInputs(model);
        long passing = 3 * (hidden + inner) * size;                                     // at the gate: its two gradients and the one they are made of
        long kept = model.RecomputesActivations ? config.Layers * hidden * size + layer : config.Layers * layer;
        return (tokens * (kept + passing), tokens * layer, tokens * passing);
    }

    // Bytes per token that the products of a layer keep of their inputs, for the gradients of their weights or of the adapters beside them.
    private static long ProductInputs(DecoderModel model)
    {
        ModelConfig config = model.Config;
        long size = SizeOf(model.ActivationType), weightSize = SizeOf(model.DataType), hidden = config.HiddenSize, inner = config.IntermediateSize;
        bool joint = config.Traits.JointProjections;
        long attention = joint ? Trains("qkv_proj") : Trains("q_proj", "k_proj", "v_proj"), output = Trains("o_proj");
        long gate = joint ? Trains("gate_up_proj") : Trains("gate_proj", "up_proj"), down = Trains("down_proj");
        // A narrower copy for each.
        if (model.Lora is null && weightSize < size && NarrowProducts.AreNative(model.DataType))
            return ((attention + gate) * hidden + output * config.Heads * config.HeadSize + down * inner) * weightSize;
        // Shared; the output projection's is attention's own result.
        return (Math.Min(attention, 1) * hidden + Math.Min(gate, 1) * hidden + down * inner) * size;

        long Trains(params ReadOnlySpan<string> projections)
        {
            long count = 0;
            foreach (string projection in projections) count += model.Lora?.Targets.Contains(projection) == false ? 0 : 1;
            return count;
        }
    }

    // Bytes per logit of a block. The fused softmax works where the logits lie, in the type the processor multiplies, or in float32 with a widened block of
    // the head beside them; libtorch's operations make new ones.
    private static long ScoringBytes(DecoderModel model)
    {
        if (model.Device.type != DeviceType.CPU || model.DataType == ScalarType.Float64) return 3 * sizeof(float);
        return NarrowProducts.AreNative(model.DataType) ? SizeOf(model.DataType) : 2 * sizeof(float);
    }

    // Bytes of the logits that a head which trains holds while it makes gradients of them (TokenLogProbs.WithGradient), and of a widened block of the head.
    private static long GradientLogitBytes(DecoderModel model, long scored)
    {
        bool widens = Widens(model);
        long held = IsSummed(model, scored) ? HeadSizes.GradientChunkBytes : LogitBytesOf(model, scored);
        return held + (widens ? sizeof(float) * HeadSizes.BlockElements : 0);
    }

    // Whether the scored rows take several chunks, whose gradients add up in float32.
    private static bool IsSummed(DecoderModel model, long scored) => LogitBytesOf(model, scored) > HeadSizes.GradientChunkBytes + SumBytes(model);

    private static long LogitBytesOf(DecoderModel model, long scored)
        => scored * model.Config.VocabularySize * (Widens(model) ? sizeof(float) : SizeOf(model.DataType));

    private static long SumBytes(DecoderModel model)
        => SizeOf(model.DataType) < sizeof(float) ? (long)model.Config.VocabularySize * model.Config.HiddenSize * sizeof(float) : 0;

    private static bool Widens(DecoderModel model) => model.Device.type == DeviceType.CPU && !NarrowProducts.AreNative(model.DataType);

    private static long AdapterCount(ModelConfig config, LoraOptions lora)
        => ParameterLayout.Of(config).Where(p => p.Shape.Length == 2 && lora.Targets.Any(t => p.Name.EndsWith($".{t}.weight", StringComparison.Ordinal)))
        .Sum(p => lora.Rank * (p.Shape[0] + p.Shape[1]));

    private static long SizeOf(ScalarType type) => type switch { ScalarType.Float64 => 8, ScalarType.Float32 => 4, _ => 2 };
}
