using Mel.Testing;
using Mel.Transformers.Adapters;
using Mel.Transformers.Estimation;
using Mel.Transformers.Models;
using Mel.Transformers.Tests.Fakes;
using static TorchSharp.torch;

namespace Mel.Transformers.Tests.Estimation;

[TestFixture, NoTensorLeaks]
public sealed class ResourceEstimateTests
{
    private const int Prompt = 24, Length = 64, Sequences = 3;

    private static readonly ModelConfig Config = TinyModels.Config() with
    {
        VocabularySize = 2048, HiddenSize = 128, IntermediateSize = 384, Layers = 3, Heads = 4, KeyValueHeads = 2, HeadSize = 32, ContextTokens = 128,
    };

    [Test]
    public void TrainingOperations_AreThoseOfEachMatrixAndOfAttention([Values] bool lora, [Values] bool recompute)
    {
        using var policy = new TransformerPolicy(DecoderModel.Create(Config, 3, ScalarType.Float32), new NumberTokenizer());
        const double tokens = Sequences * Length, scored = Sequences * (Length - Prompt);
        double operations = 0;
        foreach (Tensor weight in policy.Parameters.Values.Where(p => p.dim() == 2))
        {
            bool head = weight.size(0) == Config.VocabularySize;
            // Forward, gradients of input and weight; the layers' forward pass again.
            int products = (lora ? 2 : 3) + (recompute && !head ? 1 : 0);
            operations += 2 * products * weight.numel() * (head ? scored : tokens);
        }
        // A score and a weighted sum per head and earlier token, and twice as much backward.
        for (int position = 0; position < Length; position++)
            operations += Sequences * Config.Layers * Config.Heads * 2.0 * 2 * (position + 1) * Config.HeadSize * (recompute ? 4 : 3);
        policy.Model.RecomputesActivations = recompute;
        if (lora) policy.Model.AddLora(new LoraOptions { Rank = 1 }, 1);

        double estimated = policy.Estimate(new ResourceEstimateOptions { PromptTokens = Prompt, SequenceTokens = Length, MicroBatchSequences = Sequences })
            .TrainingOperations;
        (estimated / operations).Should().BeInRange(0.99, 1.01);
    }
}
