using System.Globalization;
using Mel.Head;
using Mel.Rollouts;
using Mel.Runtime;
using Mel.Testing;
using Mel.Training;
using Mel.Transformers;
using Mel.Transformers.Adapters;
using Mel.Transformers.Estimation;
using Mel.Transformers.Models;
using Mel.Transformers.Tokenization;
using static TorchSharp.torch;

namespace Mel.Benchmarks.Models;

/// <summary>
/// How much of the machine's matrix rate and memory bandwidth prefill, training and decoding reach on a model of the Qwen3-0.6B shape with random weights.
/// Arguments: number of layers (4), vocabulary (151,936), torch threads (1); a leading <c>memory</c> measures memory only.
/// </summary>
internal static class ModelShares
{
    public static void Run(string[] args)
    {
        bool memoryOnly = args is ["memory", ..];
        if (memoryOnly) args = args[1..];
        int layers = Argument(args, 0, 4), vocabulary = Argument(args, 1, 151_936);
        ComputeThreads.Set(Argument(args, 2, 1));
        var config = new ModelConfig
        {
            Family = DecoderFamily.Qwen3, VocabularySize = vocabulary, HiddenSize = 1024, IntermediateSize = 3072, Layers = layers, Heads = 16,
            KeyValueHeads = 8, HeadSize = 128,
            ContextTokens = 4096, RopeTheta = 1e6, TiedEmbeddings = true,
        };
        foreach (ScalarType type in (ScalarType[])[ScalarType.Float32, ScalarType.BFloat16])
        {
            using var policy = new TransformerPolicy(
                DecoderModel.Create(config, 1, type), new NoText(), null, new TransformerPolicyOptions { StopTokenIds = [] });
            Console.WriteLine($"{type}, {layers} layers, {config.ParameterCount / 1e6:F0} M parameters");
            Memory(policy);
            if (memoryOnly) continue;
            policy.Model.RemoveLora();
            Machine machine = Machine.Measure(type);
            string product = NarrowProducts.AreNative(type) ? $"{type}" : "float32, for want of a unit";
            Console.WriteLine(
                $"  {get_num_threads()} thread(s): products ({product}) {machine.Rate / 1e9:F0} GFLOP/s, reading {machine.Bandwidth / 1e9:F1} GB/s");
            Prefill(policy);
            foreach (int batch in (int[])[1, 16, 64]) Decode(policy, batch);
            Training(policy, "forward and backward");
            Ragged(policy);
            policy.Model.AddLora(new LoraOptions(), 1);
            Training(policy, "forward and backward under adapters");
        }
    }

    private static void Prefill(TransformerPolicy policy)
    {
        const int tokens = 512;
        ReadOnlyMemory<int>[] prompt = [Tokens(tokens)];
        double rate = Machine.Measure(policy.Model.DataType).Rate;
        using var noGrad = no_grad();
        double seconds = Machine.Seconds(3, () => policy.Model.Hidden(prompt, out _).Dispose());
        double operations = 2.0 * tokens * Layers(policy);
        Console.WriteLine($"  prefill {tokens}: {tokens / seconds:F0} tokens/s, {operations / seconds / rate:P0} of the matrix rate");
    }

    private static void Decode(TransformerPolicy policy, int batch)
    {
        const int prompt = 16, response = 24;
        var request = new SamplingRequest(Tokens(prompt), batch, 1);
        Machine machine = Machine.Measure(policy.Model.DataType);
        double one = Machine.Seconds(2, () => policy.SampleAsync([request], new SamplingOptions { MaxTokens = 1 }).GetAwaiter().GetResult());
        double all = Machine.Seconds(2, () => policy.SampleAsync([request], new SamplingOptions { MaxTokens = response }).GetAwaiter().GetResult());
        double seconds = (all - one) / (response - 1);
        ResourceEstimate estimate = policy.Estimate(
            new ResourceEstimateOptions { PromptTokens = prompt, SequenceTokens = prompt + response, SampledSequences = batch });
        double bound = Math.Max(estimate.SamplingTraffic / machine.Bandwidth, estimate.SamplingOperations / machine.Rate) / response;
        Console.WriteLine($"  decode, batch {batch}: {batch / seconds:F1} tokens/s, {bound / seconds:P0} of the bound by traffic and matrix rate");
    }

    private static void Training(TransformerPolicy policy, string name)
    {
        double rate = Machine.Measure(policy.Model.DataType).Rate;
        TokenSequence[] batch = Batch(4, _ => 256);
        double seconds = Machine.Seconds(2, () => Backward(policy, batch));
        double operations = policy.Estimate(new ResourceEstimateOptions { PromptTokens = 8, SequenceTokens = 256, MicroBatchSequences = 4 }).TrainingOperations;
        Console.WriteLine($"  {name} 4 x 256: {4 * 256 / seconds:F0} tokens/s, {operations / seconds / rate:P0} of the matrix rate");
    }

    // Lengths uniform in 16..512 against the same number of tokens in equal lengths.
    private static void Ragged(TransformerPolicy policy)
    {
        var random = new Random(1);
        int[] lengths = [.. Enumerable.Range(0, 6).Select(_ => random.Next(16, 513))];
        TokenSequence[] ragged = Batch(lengths.Length, i => lengths[i]), even = Batch(lengths.Length, _ => lengths.Sum() / lengths.Length);
        double slow = Machine.Seconds(2, () => Backward(policy, ragged)), fast = Machine.Seconds(2, () => Backward(policy, even));
        Console.WriteLine($"  ragged 16..512 costs {slow / fast:F2}x the same number of tokens in equal lengths");
    }

    private static void Memory(TransformerPolicy policy)
    {
        TokenSequence[] batch = Batch(2, _ => 512);
        var options = new ResourceEstimateOptions { SequenceTokens = 512, MicroBatchSequences = 2, SampledSequences = 1 };
        long full = Step(policy, batch, options, "full");
        policy.Model.RecomputesActivations = true;
        Step(policy, batch, options, "full, recomputing");
        policy.Model.AddLora(new LoraOptions(), 1);
        Step(policy, batch, options, "LoRA, recomputing");
        policy.Model.RecomputesActivations = false;
        long lora = Step(policy, batch, options, "LoRA");
        Console.WriteLine($"  LoRA takes {(double)lora / full:P0} of full training");
    }

    private static long Step(TransformerPolicy policy, TokenSequence[] batch, ResourceEstimateOptions options, string name)
    {
        NativeMemory.Trim();
        long weights = policy.Model.Config.ParameterCount * (policy.Model.DataType == ScalarType.Float32 ? 4 : 2);
        long rest = NativeMemory.Resident - weights, peak = 0;
        using (var optimizer = new AdamW(policy.Parameters))
        {
            for (int i = 0; i < 2; i++)
            {
                peak = NativeMemory.PeakDuring(() =>
                {
                    Backward(policy, batch);
                    optimizer.Step(1e-5);
                }) - rest;
            }
        }

        long estimate = policy.Estimate(options).TrainingBytes;
        foreach (Tensor parameter in policy.Parameters.Values) parameter.grad = null;
        Console.WriteLine($"  {name} step: peak {peak / 1e6:F0} MB, estimate {estimate / 1e6:F0} MB ({(double)estimate / peak:P0})");
        return peak;
    }

    private static void Backward(TransformerPolicy policy, TokenSequence[] batch)
    {
        using var scope = NewDisposeScope();
        policy.Score(new TokenBatch(batch)).LogProbs.mean().backward();
    }

    private static double Layers(TransformerPolicy policy)
        => policy.Model.Config.ParameterCount - (double)policy.Model.Config.VocabularySize * policy.Model.Config.HiddenSize;

    private static TokenSequence[] Batch(int count, Func<int, int> length)
        => [.. Enumerable.Range(0, count).Select(i => new TokenSequence(Tokens(8), Tokens(length(i) - 8)))];

    private static int[] Tokens(int count) => [.. Enumerable.Range(0, count).Select(i => (i * 7919) % 30_000)];

    private static int Argument(string[] args, int index, int otherwise)
        => args.Length > index ? int.Parse(args[index], CultureInfo.InvariantCulture) : otherwise;

    private sealed class NoText : ITokenizer
    {
        public IReadOnlyList<int> Encode(string text) => [];

        public string Decode(ReadOnlySpan<int> tokenIds, Span<int> textEnds = default, bool skipSpecialTokens = true) => "";
    }
}
