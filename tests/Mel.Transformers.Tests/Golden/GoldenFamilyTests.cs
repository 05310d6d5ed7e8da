using System.Text.Json;
using Mel.Rollouts;
using Mel.Testing;
using Mel.Transformers.Packing;
using Mel.Transformers.Tests.Fakes;
using static TorchSharp.torch;

namespace Mel.Transformers.Tests.Golden;

/// <summary>Every family against transformers: it is opened, scores, samples, trains, and is saved and opened again.</summary>
[TestFixtureSource(typeof(FamilyModel), nameof(FamilyModel.Fixtures))]
[Category(ReferenceData.Category), NoTensorLeaks]
public sealed class GoldenFamilyTests(string folder, TestDevice device)
{
    private const float Tolerance = 5e-5f;

    [Test]
    public void Score_EveryRow_MatchesLogProbs()
    {
        using var golden = new FamilyModel(folder, device);
        Compare(golden.Policy, golden);
    }

    [Test]
    public void Logits_LastToken_MatchTheLargest()
    {
        using var golden = new FamilyModel(folder, device);
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        foreach (JsonElement row in golden["rows"].EnumerateArray())
        {
            Tensor hidden = golden.Policy.Model.Hidden([GoldenModel.Ints(row.GetProperty("ids"))], out _);
            Tensor logits = golden.Policy.Model.Logits(hidden.narrow(0, hidden.size(0) - 1, 1)).cpu();
            foreach (JsonElement best in row.GetProperty("last_logits_top8").EnumerateArray())
                logits[0, best[0].GetInt32()].item<float>().Should().BeApproximately(best[1].GetSingle(), Tolerance);
        }
    }

    [Test]
    public void Sample_Greedy_MatchesTokensAndItsOwnScores()
    {
        using var golden = new FamilyModel(folder, device);
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        int[] prompt = GoldenModel.Ints(golden["greedy"].GetProperty("prompt")), expected = GoldenModel.Ints(golden["greedy"].GetProperty("ids"));
        var request = new SamplingRequest(prompt, 2, 0);
        IReadOnlyList<Trajectory> sampled = golden.Policy.Sample([request], new SamplingOptions { Temperature = 0, MaxTokens = expected.Length })[0];
        Tensor scored = golden.Policy.Score(new TokenBatch([new TokenSequence(prompt, expected)])).LogProbs.cpu();
        foreach (Trajectory trajectory in sampled)
        {
            trajectory.TokenIds.ToArray().Should().Equal(expected);
            for (int t = 0; t < expected.Length; t++) trajectory.LogProbs.Span[t].Should().BeApproximately(scored[0, t].item<float>(), Tolerance, "token {0}", t);
        }
    }

    [Test]
    public void Forward_CacheInPieces_MatchesWholeSequences()
    {
        using var golden = new FamilyModel(folder, device);
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        int[][] rows = [.. golden["rows"].EnumerateArray().Select(row => GoldenModel.Ints(row.GetProperty("ids"))).OrderByDescending(ids => ids.Length).Take(2)];
        using var cache = golden.Policy.Model.NewCache(rows: 3, capacity: 48);
        for (int r = 0; r < rows.Length; r++)
        {
            Tensor whole = golden.Policy.Model.Hidden([rows[r]], out _);
            int past = 0;
            foreach (int length in (int[])[3, 1, 2, rows[r].Length - 6])
            {
                var segment = new Segment(0, length, past, CacheRow: r + 1);
                Tensor piece = golden.Policy.Model.Forward(PackedTokens.Continuations(rows[r][past..(past + length)], [segment]), cache);
                (piece - whole.narrow(0, past, length)).abs().max().item<float>().Should().BeLessThan(Tolerance, "row {0} from {1}", r, past);
                past += length;
            }
        }
    }

    [Test]
    public void Backward_MeanLoss_MatchesGradients([Values] bool fusesHead, [Values] bool recomputes)
    {
        using var golden = new FamilyModel(folder, device);
        using var scope = NewDisposeScope();
        var (batch, _) = FamilyModel.Rows(golden["rows"]);
        golden.Policy.Model.RecomputesActivations = recomputes;
        double count = golden["gradient"].GetProperty("tokens").GetInt32();
        Tensor loss = fusesHead
            ? golden.Policy.Score(batch, (scores, mask) => mask.to_type(scores.LogProbs.dtype) * (-1 / count))
            : golden.Policy.Score(batch).LogProbs.sum() * (-1 / count);
        if (!fusesHead) loss.item<float>().Should().BeApproximately(golden["gradient"].GetProperty("loss").GetSingle(), 2e-5f);
        loss.backward();
        double squares = golden.Policy.Parameters.Values.Sum(p => p.grad!.to_type(ScalarType.Float64).square().sum().item<double>());
        double global = golden["gradient"].GetProperty("global_norm").GetDouble();
        Math.Sqrt(squares).Should().BeApproximately(global, 1e-5 * global);
        foreach (JsonProperty norm in golden["gradient"].GetProperty("norms").EnumerateObject())
        {
            double expected = norm.Value.GetDouble();
            golden.Policy.Parameters[norm.Name].grad!.to_type(ScalarType.Float64).norm().item<double>().Should().BeApproximately(expected, 1e-5 * expected, norm.Name);
        }
    }

    [Test]
    public void Save_AfterAStep_ReloadsAsItWas()
    {
        string saved = Path.Combine(Path.GetTempPath(), $"mel-family-{Guid.NewGuid():N}");
        try
        {
            using var golden = new FamilyModel(folder, device);
            using var scope = NewDisposeScope();
            golden.Policy.Save(saved);
            File.ReadAllBytes(Path.Combine(saved, "config.json")).Should().Equal(File.ReadAllBytes(Path.Combine(folder, "config.json")));
            var (batch, _) = FamilyModel.Rows(golden["rows"]);
            golden.Policy.Score(batch).LogProbs.mean().backward();
            using (no_grad())
            {
                foreach (Tensor parameter in golden.Policy.Parameters.Values) parameter.add_(parameter.grad!, alpha: 0.01);
            }

            using var noGrad = no_grad();
            Tensor before = golden.Policy.Score(batch).LogProbs.cpu();
            golden.Policy.Save(saved, ScalarType.Float32);
            using TransformerPolicy again = TransformerPolicy.Load(saved, new NumberTokenizer(), null, new TransformerPolicyOptions { Device = device.Device });
            device.Run(again.Model);
            again.Model.Config.Family.Should().Be(golden.Policy.Model.Config.Family);
            (again.Score(batch).LogProbs.cpu() - before).abs().max().item<float>().Should().Be(0);
        }
        finally
        {
            if (Directory.Exists(saved)) Directory.Delete(saved, recursive: true);
        }
    }

    private static void Compare(TransformerPolicy policy, FamilyModel golden)
    {
        using var scope = NewDisposeScope();
        var (batch, expected) = FamilyModel.Rows(golden["rows"]);
        foreach (bool gradients in (bool[])[false, true])
        {
            using var mode = set_grad_enabled(gradients);
            Tensor logProbs = policy.Score(batch).LogProbs.detach().cpu();
            for (int i = 0; i < expected.Length; i++)
            {
                for (int t = 0; t < expected[i].Length; t++)
                    logProbs[i, t].item<float>().Should().BeApproximately(expected[i][t], Tolerance, "row {0}, token {1}", i, t);
            }
        }
    }
}
