using System.Text.Json;
using Mel.Rollouts;
using Mel.Testing;
using Mel.Training;
using Mel.Transformers.Tests.Fakes;
using static TorchSharp.torch;

namespace Mel.Transformers.Tests.Golden;

/// <summary>Loss, gradients, clipping and a plain descent step of every golden checkpoint against the reference implementation.</summary>
[TestFixtureSource(typeof(GoldenModel), nameof(GoldenModel.Fixtures))]
[Category(ReferenceData.Category), NoTensorLeaks]
public sealed class GoldenTrainingTests(string folder, TestDevice device)
{
    [Test]
    public void Score_CompletionTokens_MatchesLogProbs()
    {
        using var golden = new GoldenModel(folder, device);
        using var policy = new TransformerPolicy(golden.Model, new NumberTokenizer());
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        JsonElement train = golden["train"];
        Tensor logProbs = policy.Score(Batch(train)).LogProbs.cpu();
        float[][] expected = [.. GoldenModel.FloatRows(train.GetProperty("completion_logprobs")).Select(row => row.Where(v => !float.IsNaN(v)).ToArray())];
        for (int i = 0; i < expected.Length; i++)
        {
            for (int t = 0; t < expected[i].Length; t++)
                logProbs[i, t].item<float>().Should().BeApproximately(expected[i][t], 5e-5f, "row {0}, token {1}", i, t);
            for (int t = expected[i].Length; t < logProbs.size(1); t++)
                logProbs[i, t].item<float>().Should().Be(0, "a cell beyond the end of a response holds nothing");
        }
    }

    [Test]
    public void Score_EntropyAndLogProbs_MatchSingleSequence()
    {
        using var golden = new GoldenModel(folder, device);
        using var policy = new TransformerPolicy(golden.Model, new NumberTokenizer());
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        JsonElement single = golden["forward_single"];
        int[] ids = GoldenModel.IntRows(single.GetProperty("input_ids"))[0];
        TokenScores scores = policy.Score(new TokenBatch([new TokenSequence(ids.AsMemory(0, 1), ids.AsMemory(1))]) { IncludeEntropy = true });
        float[] logProbs = GoldenModel.FloatRows(single.GetProperty("token_logprobs"))[0], entropies = GoldenModel.FloatRows(single.GetProperty("entropy"))[0];
        for (int t = 0; t < logProbs.Length; t++)
        {
            scores.LogProbs[0, t].item<float>().Should().BeApproximately(logProbs[t], 5e-5f);
            scores.Entropy![0, t].item<float>().Should().BeApproximately(entropies[t], 5e-5f);
        }
    }

    [Test]
    public void Backward_CompletionLoss_MatchesEveryGradient()
    {
        using var golden = new GoldenModel(folder, device);
        using var policy = new TransformerPolicy(golden.Model, new NumberTokenizer());
        using var scope = NewDisposeScope();
        JsonElement train = golden["train"];
        Loss(policy, train, out float loss);
        loss.Should().BeApproximately(train.GetProperty("loss").GetSingle(), 1e-5f);
        JsonElement norms = train.GetProperty("grad_norms"), first = train.GetProperty("grad_first8");
        norms.EnumerateObject().Select(p => p.Name).Should().BeEquivalentTo(policy.Parameters.Keys);
        double squares = 0;
        foreach (var (name, parameter) in policy.Parameters)
        {
            double norm = parameter.grad!.norm().item<float>(), expected = norms.GetProperty(name).GetDouble();
            norm.Should().BeApproximately(expected, 1e-4 * expected, "gradient norm of {0}", name);
            squares += norm * norm;
            float[] given = parameter.grad!.flatten().narrow(0, 0, Math.Min(8, parameter.NumberOfElements)).cpu().data<float>().ToArray(),
                wanted = GoldenModel.Floats(first.GetProperty(name));
            for (int i = 0; i < wanted.Length; i++) given[i].Should().BeApproximately(wanted[i], 1e-5f, "gradient {1} of {0}", name, i);
        }

        double total = train.GetProperty("grad_norm_total").GetDouble();
        Math.Sqrt(squares).Should().BeApproximately(total, 1e-4 * total);
        foreach (string name in golden.Tensors.Entries.Keys.Where(k => k.StartsWith("train.grad.", StringComparison.Ordinal)))
            (policy.Parameters[name["train.grad.".Length..]].grad!.cpu() - golden.Tensors.Read(name)).abs().max().item<float>()
                .Should().BeLessThan(2e-5f, name);
    }

    [Test]
    public void Clip_GradientNorm_MatchesReference()
    {
        using var golden = new GoldenModel(folder, device);
        using var policy = new TransformerPolicy(golden.Model, new NumberTokenizer());
        using var scope = NewDisposeScope();
        JsonElement clip = golden["clip"];
        Loss(policy, golden["train"], out _);
        double norm = Math.Sqrt(policy.Parameters.Values.Sum(p => Math.Pow(p.grad!.norm().item<float>(), 2)));
        norm.Should().BeApproximately(clip.GetProperty("returned_norm").GetDouble(), 1e-4 * norm);
        double factor = clip.GetProperty("max_norm").GetDouble() / (norm + 1e-6);
        foreach (JsonProperty after in clip.GetProperty("grad_norms_after").EnumerateObject())
            (policy.Parameters[after.Name].grad!.norm().item<float>() * factor)
                .Should().BeApproximately(after.Value.GetDouble(), 1e-4 * after.Value.GetDouble(), after.Name);
    }

    [Test]
    public void AdamW_ThreeSteps_MatchReference()
    {
        using var golden = new GoldenModel(folder, device);
        using var policy = new TransformerPolicy(golden.Model, new NumberTokenizer());
        using var scope = NewDisposeScope();
        JsonElement block = golden["adamw"], first = golden["train"].GetProperty("grad_first8");
        JsonElement settings = block.GetProperty("hyperparameters");
        double[] betas = [.. settings.GetProperty("betas").EnumerateArray().Select(b => b.GetDouble())];
        var options = new OptimizerOptions { Beta1 = betas[0], Beta2 = betas[1], Epsilon = settings.GetProperty("eps").GetDouble(),
            WeightDecay = settings.GetProperty("weight_decay").GetDouble() };
        using var optimizer = new AdamW(policy.Parameters, options, decayVectors: true);
        Dictionary<string, Tensor> start = policy.Parameters.ToDictionary(p => p.Key, p => p.Value.detach().clone());
        Dictionary<string, Tensor> signals = [];
        float[] losses = GoldenModel.Floats(block.GetProperty("losses"));
        for (int step = 0; step <= 3; step++)
        {
            Loss(policy, golden["train"], out float loss);
            loss.Should().BeApproximately(losses[step], 1e-5f, "loss before step {0}", step + 1);
            if (step == 3) break;
            if (step == 0) signals = policy.Parameters.ToDictionary(p => p.Key, p => Signal(p.Value.grad!));
            optimizer.Step(settings.GetProperty("lr").GetDouble());
            foreach (Tensor parameter in policy.Parameters.Values) parameter.grad!.zero_();
            foreach (JsonElement after in block.GetProperty("steps").EnumerateArray().Where(s => s.GetProperty("after_step").GetInt32() == step + 1))
                CheckStep(policy, start, signals, first, after, settings.GetProperty("lr").GetDouble());
        }
    }

    [Test]
    public void DescentStep_LowersLoss_AsReference()
    {
        using var golden = new GoldenModel(folder, device);
        using var policy = new TransformerPolicy(golden.Model, new NumberTokenizer());
        using var scope = NewDisposeScope();
        JsonElement sgd = golden["sgd"];
        Loss(policy, golden["train"], out float before);
        before.Should().BeApproximately(sgd.GetProperty("loss_before").GetSingle(), 1e-5f);
        using (no_grad())
        {
            foreach (Tensor parameter in policy.Parameters.Values) parameter.sub_(parameter.grad! * sgd.GetProperty("lr").GetDouble());
        }

        Loss(policy, golden["train"], out float after);
        after.Should().BeApproximately(sgd.GetProperty("loss_after").GetSingle(), 5e-5f);
    }

    // True where a gradient is more than what rounding leaves of sums of larger terms.
    private static Tensor Signal(Tensor gradient) => gradient.abs() > 1e-5 * gradient.abs().max().item<float>();

    // Where a gradient is rounding noise Adam's step is noise too: such entries are not compared one by one, and may make up what they can of the way, lr per step.
    private static void CheckStep(TransformerPolicy policy, Dictionary<string, Tensor> start, Dictionary<string, Tensor> signals, JsonElement gradients,
        JsonElement after, double learningRate)
    {
        foreach (var (name, parameter) in policy.Parameters)
        {
            float[] expected = GoldenModel.Floats(after.GetProperty("param_first8").GetProperty(name)),
                gradient = GoldenModel.Floats(gradients.GetProperty(name));
            float[] given = parameter.detach().flatten().narrow(0, 0, expected.Length).cpu().data<float>().ToArray();
            for (int i = 0; i < expected.Length; i++)
            {
                if (MathF.Abs(gradient[i]) > 1e-4f) given[i].Should().BeApproximately(expected[i], 1e-6f, "entry {1} of {0}", name, i);
            }

            double moved = ((parameter.detach() - start[name]) * signals[name]).norm().item<float>();
            double wanted = after.GetProperty("delta_norms").GetProperty(name).GetDouble();
            long noise = signals[name].NumberOfElements - signals[name].sum().item<long>();
            double least = Math.Sqrt(Math.Max(0, wanted * wanted - noise * Math.Pow(learningRate * after.GetProperty("after_step").GetInt32(), 2)));
            moved.Should().BeInRange(least - 2e-3 * wanted, wanted + 2e-3 * wanted, "way of {0}", name);
        }
    }

    // Mean negative log-likelihood over all completion tokens.
    private static void Loss(TransformerPolicy policy, JsonElement train, out float value)
    {
        TokenBatch batch = Batch(train);
        Tensor loss = -policy.Score(batch).LogProbs.sum() / batch.Sequences.Sum(s => s.Response.Length);
        value = loss.item<float>();
        loss.backward();
    }

    private static TokenBatch Batch(JsonElement train)
    {
        int[][] ids = GoldenModel.IntRows(train.GetProperty("input_ids")), mask = GoldenModel.IntRows(train.GetProperty("attention_mask"));
        int[][] completion = GoldenModel.IntRows(train.GetProperty("completion_mask"));
        return new TokenBatch([.. ids.Select((row, i) => new TokenSequence(row.Where((_, t) => mask[i][t] == 1 && completion[i][t] == 0).ToArray(),
            row.Where((_, t) => completion[i][t] == 1).ToArray()))]);
    }
}
