using System.Text.Json;
using Mel.Rollouts;
using Mel.Testing;
using Mel.Transformers.Tests.Fakes;
using static TorchSharp.torch;

namespace Mel.Transformers.Tests.Golden;

/// <summary>A published model of 135 million weights against the numbers of transformers in float32.</summary>
[TestFixture, Category(ReferenceData.Category), NoTensorLeaks]
public sealed class SmolLm2Tests
{
    private TransformerPolicy _policy = null!;
    private JsonDocument _reference = null!;

    private JsonElement[] Rows => [.. _reference.RootElement.GetProperty("rows").EnumerateArray()];

    [OneTimeSetUp]
    public void Load()
    {
        string folder = RealModels.SmolLm2;
        set_num_threads(2);
        _reference = JsonDocument.Parse(File.ReadAllBytes(ReferenceData.Require("golden", "smollm2", "reference.json")));
        _policy = TransformerPolicy.Load(folder, new NumberTokenizer());
    }

    [OneTimeTearDown]
    public void Unload()
    {
        _policy?.Dispose();
        _reference?.Dispose();
    }

    [Test]
    public void Logits_LastPromptToken_MatchTheLargestAndTheirSum()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        foreach (JsonElement row in Rows)
        {
            Tensor hidden = _policy.Model.Hidden([Ids(row, "prompt_ids")], out _), logits = _policy.Model.Logits(hidden.narrow(0, hidden.size(0) - 1, 1));
            foreach (JsonElement best in row.GetProperty("last_logits_top8").EnumerateArray())
                logits[0, best[0].GetInt32()].item<float>().Should().BeApproximately(best[1].GetSingle(), 2e-4f);
            logits.logsumexp(1).item<float>().Should().BeApproximately(row.GetProperty("last_logits_logsumexp").GetSingle(), 2e-4f);
        }
    }

    [Test]
    public void Sample_Greedy_MatchesTokens()
    {
        SamplingRequest[] requests = [.. Rows.Select(row => new SamplingRequest(Ids(row, "prompt_ids"), 1, 0))];
        IReadOnlyList<IReadOnlyList<Trajectory>> sampled = _policy.Sample(requests, new SamplingOptions { Temperature = 0, MaxTokens = 24 });
        for (int i = 0; i < requests.Length; i++) sampled[i][0].TokenIds.ToArray().Should().Equal(Ids(Rows[i], "greedy_ids"), "row {0}", i);
    }

    [Test]
    public void Score_EveryRow_MatchesLogProbs()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        TokenSequence[] sequences = [.. Rows.Select(row => (int[])[.. Ids(row, "prompt_ids"), .. Ids(row, "greedy_ids")])
            .Select(ids => new TokenSequence(ids.AsMemory(0, 1), ids.AsMemory(1)))];
        Tensor logProbs = _policy.Score(new TokenBatch(sequences)).LogProbs;
        for (int i = 0; i < sequences.Length; i++)
        {
            float[] expected = GoldenModel.Floats(Rows[i].GetProperty("token_logprobs"));
            for (int t = 0; t < expected.Length; t++)
                logProbs[i, t].item<float>().Should().BeApproximately(expected[t], 2e-4f, "row {0}, token {1}", i, t);
        }
    }

    [Test]
    public void Backward_MeanLossOfCompletions_MatchesGradients()
    {
        using var scope = NewDisposeScope();
        JsonElement gradient = _reference.RootElement.GetProperty("gradient");
        TokenSequence[] sequences = [.. Rows.Select(row => new TokenSequence(Ids(row, "prompt_ids"), Ids(row, "greedy_ids")))];
        int tokens = gradient.GetProperty("tokens").GetInt32();
        sequences.Sum(s => s.Response.Length).Should().Be(tokens);
        Tensor loss = _policy.Score(new TokenBatch(sequences)).LogProbs.sum() * (-1.0 / tokens);
        loss.item<float>().Should().BeApproximately(gradient.GetProperty("loss").GetSingle(), 2e-5f);
        loss.backward();
        double global = gradient.GetProperty("global_norm").GetDouble();
        double squares = _policy.Parameters.Values.Sum(p => p.grad!.square().sum(ScalarType.Float64).item<double>());
        Math.Sqrt(squares).Should().BeApproximately(global, 1e-4 * global);
        foreach (JsonProperty norm in gradient.GetProperty("norms").EnumerateObject())
        {
            double expected = norm.Value.GetDouble();
            _policy.Parameters[norm.Name].grad!.norm().item<float>().Should().BeApproximately((float)expected, (float)(1e-4 * expected), norm.Name);
        }

        foreach (Tensor parameter in _policy.Parameters.Values)
        {
            parameter.grad!.Dispose();
            parameter.grad = null;
        }
    }

    private static int[] Ids(JsonElement row, string name) => GoldenModel.Ints(row.GetProperty(name));
}
