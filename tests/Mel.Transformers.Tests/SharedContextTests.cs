using Mel.Rollouts;
using Mel.Testing;
using Mel.Transformers.Adapters;
using Mel.Transformers.Models;
using Mel.Transformers.Tests.Fakes;
using static TorchSharp.torch;

namespace Mel.Transformers.Tests;

/// <summary>A context that several sequences have passes through the layers once; scores and gradients are those of every sequence on its own.</summary>
[TestFixture, NoTensorLeaks]
public sealed class SharedContextTests
{
    [Test]
    public void Score_SharedContexts_AreThoseOfEverySequenceAlone(
        [Values(DecoderFamily.Qwen3, DecoderFamily.Llama, DecoderFamily.Gemma2, DecoderFamily.Olmo2)] DecoderFamily family, [Values] bool recomputes, [Values] bool lora,
        [Range(1, 4)] int seed)
    {
        TokenBatch batch = RandomBatch(new Random(seed));

        (float[] shared, float[] sharedGradient) = Differentiated(family, batch, sharesContexts: true, recomputes, lora);
        (float[] alone, float[] aloneGradient) = Differentiated(family, batch, sharesContexts: false, recomputes, lora);

        shared.Should().Equal(alone, (a, b) => Math.Abs(a - b) < 1e-5f);
        double scale = Math.Sqrt(aloneGradient.Sum(g => (double)g * g));
        Math.Sqrt(sharedGradient.Zip(aloneGradient, (a, b) => Math.Pow(a - (double)b, 2)).Sum()).Should().BeLessThan(1e-6 * scale);
    }

    [TestCase(true), TestCase(false)]
    public void Score_LongContexts_TakeBlockedAttentionToTheSameScores(bool grad)
    {
        Random random = new(5);
        int[] context = Tokens(random, 130);
        TokenBatch batch = new([.. new[] { 3, 1, 5, 3 }.Select(length => new TokenSequence(context, Tokens(random, length)))]);
        ModelConfig config = TinyModels.Config() with { ContextTokens = 256 };
        using var scope = NewDisposeScope();
        using var mode = grad ? enable_grad() : (IDisposable)no_grad();
        using TransformerPolicy shared = new(DecoderModel.Create(config, 3), new NumberTokenizer());
        using TransformerPolicy alone = new(DecoderModel.Create(config, 3), new NumberTokenizer()) { SharesContexts = false };

        shared.Score(batch).LogProbs.data<float>().ToArray().Should().Equal(alone.Score(batch).LogProbs.data<float>().ToArray(), (a, b) => Math.Abs(a - b) < 1e-5f);
    }

    // Groups of several sequences, single ones, one-token responses, contexts that begin alike, in any order.
    private static TokenBatch RandomBatch(Random random)
    {
        List<TokenSequence> sequences = [];
        int[] first = Tokens(random, random.Next(1, 9));
        for (int g = 0; g < 4; g++)
        {
            int[] context = g == 1 ? [.. first, 4] : g == 0 ? first : Tokens(random, random.Next(1, 9));
            int count = random.Next(1, 5);
            // Equal content is shared, whatever memory it lies in.
            for (int i = 0; i < count; i++) sequences.Add(new TokenSequence((int[])context.Clone(), Tokens(random, random.Next(1, 7))));
        }

        TokenSequence[] order = [.. sequences];
        random.Shuffle(order);
        return new TokenBatch([.. order, new TokenSequence(order[0].Context, Tokens(random, 1)), new TokenSequence(order[0].Context, Tokens(random, 1))])
        {
            Temperature = 0.7,
            IncludeEntropy = true,
        };
    }

    private static (float[] LogProbs, float[] Gradient) Differentiated(DecoderFamily family, TokenBatch batch, bool sharesContexts, bool recomputes, bool lora)
    {
        using var scope = NewDisposeScope();
        using TransformerPolicy policy = new(TinyModels.Model(family), new NumberTokenizer()) { SharesContexts = sharesContexts };
        policy.Model.RecomputesActivations = recomputes;
        if (lora) policy.Model.AddLora(new LoraOptions { Rank = 2 }, seed: 1);
        using (no_grad())
        {
            // Adapters begin as nothing; with other numbers they show.
            using Generator generator = new(9);
            if (lora) foreach (Tensor parameter in policy.Parameters.Values) parameter.add_(randn(parameter.shape, generator: generator) * 0.1);
        }

        TokenScores scores = policy.Score(batch);
        Tensor weights = arange(scores.LogProbs.NumberOfElements, device: scores.LogProbs.device).view(scores.LogProbs.shape).sin();
        ((scores.LogProbs * weights).sum() + (scores.Entropy! * weights * 0.3).sum()).backward();
        return (scores.LogProbs.detach().cpu().data<float>().ToArray(), [.. policy.Parameters.Values.SelectMany(p => p.grad!.cpu().data<float>().ToArray())]);
    }

    private static int[] Tokens(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => random.Next(1, 50))];
}
