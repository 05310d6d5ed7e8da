using System.Text.Json;
using Mel.Rollouts;
using Mel.Testing;
using Mel.Transformers.Sampling;
using Mel.Transformers.Tests.Fakes;
using static TorchSharp.torch;

namespace Mel.Transformers.Tests.Golden;

/// <summary>Greedy continuations and truncated distributions of every golden checkpoint against the reference implementation.</summary>
[TestFixtureSource(typeof(GoldenModel), nameof(GoldenModel.Fixtures))]
[Category(ReferenceData.Category), NoTensorLeaks]
public sealed class GoldenSamplingTests(string folder, TestDevice device)
{
    [TestCase("greedy")]
    [TestCase("greedy_eos")]
    public void Sample_Greedy_MatchesTokensAndLogProbs(string name)
    {
        using var golden = new GoldenModel(folder, device);
        JsonElement block = golden[name];
        int[] stops = block.GetProperty("eos_token_id") is { ValueKind: JsonValueKind.Array } list ? GoldenModel.Ints(list) : [];
        using var policy = new TransformerPolicy(golden.Model, new NumberTokenizer(), null, new TransformerPolicyOptions { StopTokenIds = stops });
        int[][] prompts = GoldenModel.Unpadded(golden["forward_padded"]).Rows;
        SamplingRequest[] requests = [.. prompts.Select(p => new SamplingRequest(p, 2, 0))];
        var options = new SamplingOptions { Temperature = 0, MaxTokens = block.GetProperty("max_new_tokens").GetInt32() };
        IReadOnlyList<IReadOnlyList<Trajectory>> sampled = policy.Sample(requests, options);
        int[][] tokens = GoldenModel.IntRows(block.GetProperty("new_tokens"));
        float[][] logProbs = GoldenModel.FloatRows(block.GetProperty("new_token_logprobs"));
        for (int i = 0; i < prompts.Length; i++)
        {
            int length = logProbs[i].TakeWhile(v => !float.IsNaN(v)).Count();
            foreach (Trajectory trajectory in sampled[i])
            {
                trajectory.TokenIds.ToArray().Should().Equal(tokens[i].Take(length));
                trajectory.FinishReason.Should().Be(stops.Contains(tokens[i][length - 1]) ? FinishReason.Stop : FinishReason.Length);
                for (int t = 0; t < length; t++) trajectory.LogProbs.Span[t].Should().BeApproximately(logProbs[i][t], 5e-5f, "row {0}, token {1}", i, t);
            }
        }
    }

    [Test]
    public void Filter_EverySetting_MatchesReferenceDistribution()
    {
        using var golden = new GoldenModel(folder, device);
        float[][] logits = LastLogits(golden);
        foreach (JsonElement warper in golden["sampling"].GetProperty("warpers").EnumerateArray())
        {
            JsonElement settings = warper.GetProperty("settings");
            var options = new SamplingOptions
            {
                Temperature = settings.TryGetProperty("temperature", out JsonElement t) ? t.GetDouble() : 1,
                TopK = settings.TryGetProperty("top_k", out JsonElement k) ? k.GetInt32() : 0,
                TopP = settings.TryGetProperty("top_p", out JsonElement p) ? p.GetDouble() : 1,
                MinP = settings.TryGetProperty("min_p", out JsonElement m) ? m.GetDouble() : 0,
            };
            JsonElement[] rows = [.. warper.GetProperty("rows").EnumerateArray()];
            for (int i = 0; i < rows.Length; i++)
            {
                string because = $"row {i} under {settings.GetRawText()}";
                var kept = new CandidateFilter(golden.Model.Config.VocabularySize, options).Distribution(logits[i]).OrderByDescending(c => c.Probability)
                    .ToArray();
                kept.Should().HaveCount(rows[i].GetProperty("num_kept").GetInt32(), because);
                int[] ids = GoldenModel.Ints(rows[i].GetProperty("token_ids"));
                float[] probabilities = GoldenModel.Floats(rows[i].GetProperty("probs"));
                kept.Take(ids.Length).Select(c => c.Token).Should().BeEquivalentTo(ids, because);
                for (int j = 0; j < ids.Length; j++) kept.First(c => c.Token == ids[j]).Probability.Should().BeApproximately(probabilities[j], 2e-5, because);
            }
        }
    }

    private static float[][] LastLogits(GoldenModel golden)
    {
        using var scope = NewDisposeScope();
        Tensor logits = golden.Tensors.Read("forward_padded.logits");
        return [.. Enumerable.Range(0, (int)logits.size(0)).Select(i => logits[i, -1].data<float>().ToArray())];
    }
}
