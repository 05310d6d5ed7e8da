using Mel.Transformers.Adapters;
using Mel.Transformers.Kernels;
using Mel.Transformers.Models;
using static TorchSharp.torch;

namespace Mel.Transformers;

/// <summary>Counts the memory and the work of a run from the shapes: what each node of the graph keeps, what an optimizer holds, what every token multiplies.</summary>
internal static class ResourceEstimator
{
    // Logits that scoring holds at a time, with as many numbers again for the softmax and its gradient, and the logits of a step of sampling.
    private const long ScoringElements = 3L << 21, SamplingElements = 1L << 24;

    public static ResourceEstimate Estimate(DecoderModel model, ResourceEstimateOptions options)
    {
        Validate(options, model.Config);
        ModelConfig config = model.Config;
        long weightSize = SizeOf(model.DataType), activationSize = SizeOf(model.ActivationType);
        long parameters = config.ParameterCount, adapters = model.Lora is { } lora ? AdapterCount(config, lora) : 0;
        long trained = adapters > 0 ? adapters : parameters, embedding = (long)config.VocabularySize * config.HiddenSize;
        long tokens = (long)options.MicroBatchSequences * options.SequenceTokens, responses = options.SequenceTokens - options.PromptTokens;
        long layers = parameters - embedding * (config.TiedEmbeddings ? 1 : 2) - config.HiddenSize, head = embedding;
        double active = layers + head, queryWidth = (double)config.Heads * config.HeadSize;
        double samples = options.SampledSequences, drawn = samples * responses, meanContext = options.PromptTokens + responses / 2.0;
        long cacheToken = KvCache.BytesPerToken(config, model.ActivationType);
        return new ResourceEstimate
        {
            WeightBytes = (parameters + adapters) * weightSize,
            GradientBytes = trained * weightSize,
            OptimizerBytes = trained * (model.DataType == ScalarType.Float32 ? 8 : 12),
            ActivationBytes = Activations(model, options.SequenceTokens, tokens, activationSize, weightSize),
            LogitBytes = 4 * Math.Max(Math.Min(ScoringElements, tokens * config.VocabularySize), Math.Min(SamplingElements, (long)options.SampledSequences * config.VocabularySize)),
            HeadGradientBytes = adapters > 0 ? 0 : embedding * weightSize,
            TransientBytes = adapters > 0 ? 2 * (long)config.IntermediateSize * model.Lora!.Rank * 4 : Math.Max((config.TiedEmbeddings ? 2 : 1) * embedding * weightSize, 2 * embedding * 4),
            CacheBytes = (long)options.SampledSequences * options.SequenceTokens * cacheToken,
            TrainingOperations = (model.RecomputesActivations ? 8 : 6) * tokens * (active + config.Layers * queryWidth * options.SequenceTokens),
            SamplingOperations = 2 * drawn * active + 4 * drawn * config.Layers * queryWidth * meanContext + 2.0 * options.PromptTokens * layers,
            SamplingTraffic = responses * active * weightSize + drawn * meanContext * cacheToken,
        };
    }

    // Bytes that a training pass keeps for its backward pass: the inputs of every node of the graph, each tensor once.
    private static long Activations(DecoderModel model, int sequenceTokens, long tokens, long size, long weightSize)
    {
        ModelConfig config = model.Config;
        long hidden = config.HiddenSize, queries = (long)config.Heads * config.HeadSize, keys = (long)config.KeyValueHeads * config.HeadSize, inner = config.IntermediateSize;
        bool narrow = weightSize < size;
        long streams = 2 * hidden * size;                                               // the residual stream before each normalization
        long inputs = (2 * hidden + inner) * Math.Min(size, weightSize);                // what the products keep of their inputs
        long raw = config.NormalizesQueriesAndKeys ? (queries + keys) * size : 0;       // before the normalization per head
        long attention = sequenceTokens <= SelfAttentionKernel.MaxLength && size == 4
            ? (2 * queries + 2 * keys + config.Heads) * size
            : ((config.Heads == config.KeyValueHeads ? 3 : 5) * queries + config.Heads) * size;
        long output = narrow ? queries * weightSize : 0;                                // a narrower copy for the output projection
        long layer = streams + inputs + raw + attention + output + 2 * inner * size;
        return tokens * (model.RecomputesActivations ? config.Layers * hidden * size + layer : config.Layers * layer) + 3 * tokens * hidden * size;
    }

    private static long AdapterCount(ModelConfig config, LoraOptions lora)
        => ParameterLayout.Of(config).Where(p => p.Shape.Length == 2 && lora.Targets.Any(t => p.Name.EndsWith($".{t}.weight", StringComparison.Ordinal))).Sum(p => lora.Rank * (p.Shape[0] + p.Shape[1]));

    private static long SizeOf(ScalarType type) => type switch { ScalarType.Float64 => 8, ScalarType.Float32 => 4, _ => 2 };

    private static void Validate(ResourceEstimateOptions options, ModelConfig config)
    {
        if (options.SequenceTokens < 2 || options.SequenceTokens > config.ContextTokens)
            throw new ArgumentOutOfRangeException(nameof(options), options.SequenceTokens, $"SequenceTokens is {options.SequenceTokens}, expected 2 to {config.ContextTokens}, the context of the model.");
        if (options.PromptTokens < 1 || options.PromptTokens >= options.SequenceTokens)
            throw new ArgumentOutOfRangeException(nameof(options), options.PromptTokens, $"PromptTokens is {options.PromptTokens}, expected 1 to {options.SequenceTokens - 1}, less than SequenceTokens.");
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.MicroBatchSequences);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.SampledSequences);
    }
}
