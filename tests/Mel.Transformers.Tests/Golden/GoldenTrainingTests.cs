using System.Text.Json;
using Mel.Rollouts;
using Mel.Testing;
using Mel.Transformers.Tests.Fakes;
using static TorchSharp.torch;

namespace Mel.Transformers.Tests.Golden;

/// <summary>Loss, gradients, clipping and a plain descent step of every golden checkpoint against the reference implementation.</summary>
[TestFixtureSource(typeof(GoldenModel), nameof(GoldenModel.Folders))]
[Category(ReferenceData.Category), NoTensorLeaks]
public sealed class GoldenTrainingTests(string folder)
{
    [Test]
    public void Score_CompletionTokens_MatchesLogProbs()
    {
        using var golden = new GoldenModel(folder);
        using var policy = new TransformerPolicy(golden.Model, new NumberTokenizer());
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        JsonElement train = golden["train"];
        Tensor logProbs = policy.Score(Batch(train)).LogProbs;
        float[][] expected = [.. GoldenModel.FloatRows(train.GetProperty("completion_logprobs")).Select(row => row.Where(v => !float.IsNaN(v)).ToArray())];
        for (int i = 0; i < expected.Length; i++)
        {
            for (int t = 0; t < expected[i].Length; t++) logProbs[i, t].item<float>().Should().BeApproximately(expected[i][t], 5e-5f, "row {0}, token {1}", i, t);
            for (int t = expected[i].Length; t < logProbs.size(1); t++) logProbs[i, t].item<float>().Should().Be(0, "a cell beyond the end of a response holds nothing");
        }
    }

    [Test]
    public void Score_EntropyAndLogProbs_MatchSingleSequence()
    {
        using var golden = new GoldenModel(folder);
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
        using var golden = new GoldenModel(folder);
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
            float[] given = parameter.grad!.flatten().narrow(0, 0, Math.Min(8, parameter.NumberOfElements)).data<float>().ToArray(), wanted = GoldenModel.Floats(first.GetProperty(name));
            for (int i = 0; i < wanted.Length; i++) given[i].Should().BeApproximately(wanted[i], 1e-5f, "gradient {1} of {0}", name, i);
        }

        double total = train.GetProperty("grad_norm_total").GetDouble();
        Math.Sqrt(squares).Should().BeApproximately(total, 1e-4 * total);
        foreach (string name in golden.Tensors.Entries.Keys.Where(k => k.StartsWith("train.grad.", StringComparison.Ordinal)))
            (policy.Parameters[name["train.grad.".Length..]].grad! - golden.Tensors.Read(name)).abs().max().item<float>().Should().BeLessThan(2e-5f, name);
    }

    [Test]
    public void Clip_GradientNorm_MatchesReference()
    {
        using var golden = new GoldenModel(folder);
        using var policy = new TransformerPolicy(golden.Model, new NumberTokenizer());
        using var scope = NewDisposeScope();
        JsonElement clip = golden["clip"];
        Loss(policy, golden["train"], out _);
        double norm = nn.utils.clip_grad_norm_(policy.Parameters.Values.Select(p => new TorchSharp.Modules.Parameter(p)), clip.GetProperty("max_norm").GetDouble());
        norm.Should().BeApproximately(clip.GetProperty("returned_norm").GetDouble(), 1e-4 * norm);
        foreach (JsonProperty after in clip.GetProperty("grad_norms_after").EnumerateObject())
            policy.Parameters[after.Name].grad!.norm().item<float>().Should().BeApproximately(after.Value.GetSingle(), 1e-4f * after.Value.GetSingle(), after.Name);
    }

    [Test]
    public void DescentStep_LowersLoss_AsReference()
    {
        using var golden = new GoldenModel(folder);
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
        return new TokenBatch([.. ids.Select((row, i) => new TokenSequence(
            row.Where((_, t) => mask[i][t] == 1 && completion[i][t] == 0).ToArray(), row.Where((_, t) => completion[i][t] == 1).ToArray()))]);
    }
}
