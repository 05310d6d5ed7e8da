using System.Text.Json;
using Mel.Testing;
using Mel.Transformers.Models;
using Mel.Transformers.Packing;
using Mel.Transformers.Tests.Fakes;
using static TorchSharp.torch;

namespace Mel.Transformers.Tests.Golden;

/// <summary>Logits, log-probabilities and frequencies of every golden checkpoint against the reference implementation.</summary>
[TestFixtureSource(typeof(GoldenModel), nameof(GoldenModel.Fixtures))]
[Category(ReferenceData.Category), NoTensorLeaks]
public sealed class GoldenForwardTests(string folder, TestDevice device)
{
    private const float Tolerance = 5e-5f;

    [Test]
    public void Rotary_Frequencies_MatchReference()
    {
        using var golden = new GoldenModel(folder, device);
        var (frequencies, _) = RotaryTable.Frequencies(golden.Model.Config);
        float[] expected = GoldenModel.Floats(golden["rope_inv_freq"]);
        frequencies.Should().HaveCount(expected.Length);
        for (int i = 0; i < expected.Length; i++) frequencies[i].Should().BeApproximately(expected[i], 2e-6f * expected[i] + 1e-12f, "frequency {0}", i);
    }

    [Test]
    public void Forward_SingleSequence_MatchesLogits([Values] bool gradients)
    {
        using var golden = new GoldenModel(folder, device);
        using var scope = NewDisposeScope();
        using var mode = set_grad_enabled(gradients);
        JsonElement block = golden["forward_single"];
        int[] ids = GoldenModel.IntRows(block.GetProperty("input_ids"))[0];
        Tensor logits = golden.Model.Logits(golden.Model.Hidden([ids], out _));
        Tensor expected = golden.Tensors.Read("forward_single.logits").squeeze(0);
        (logits.detach().cpu() - expected).abs().max().item<float>().Should().BeLessThan(Tolerance);
        logits.argmax(1).cpu().data<long>().Select(v => (int)v).Should().Equal(GoldenModel.IntRows(block.GetProperty("argmax"))[0]);
        Tensor hidden = golden.Tensors.Read($"forward_single.hidden.{golden.Model.Config.Layers + 1}").squeeze(0);
        (golden.Model.Hidden([ids], out _).detach().cpu() - hidden).abs().max().item<float>().Should().BeLessThan(Tolerance);
    }

    [Test]
    public void Forward_RaggedBatch_MatchesLogitsOfEveryRealToken([Values] bool gradients)
    {
        using var golden = new GoldenModel(folder, device);
        using var scope = NewDisposeScope();
        using var mode = set_grad_enabled(gradients);
        var (rows, offsets) = GoldenModel.Unpadded(golden["forward_padded"]);
        Tensor logits = golden.Model.Logits(golden.Model.Hidden(GoldenModel.Memory(rows), out int[] starts)).detach().cpu();
        Tensor expected = golden.Tensors.Read("forward_padded.logits");
        for (int i = 0; i < rows.Length; i++)
        {
            Tensor given = logits.narrow(0, starts[i], rows[i].Length), wanted = expected[i].narrow(0, offsets[i], rows[i].Length);
            (given - wanted).abs().max().item<float>().Should().BeLessThan(Tolerance, "row {0}", i);
        }
    }

    [Test]
    public void Forward_CacheInPieces_MatchesWholeSequence()
    {
        using var golden = new GoldenModel(folder, device);
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        int[] ids = GoldenModel.Unpadded(golden["forward_padded"]).Rows[0];
        using var cache = golden.Model.NewCache(rows: 3, capacity: 20);
        var pieces = new List<Tensor>();
        int past = 0;
        foreach (int length in (int[])[8, 4, 1, 1])
        {
            var segment = new Segment(0, length, past, CacheRow: 1);
            pieces.Add(golden.Model.Logits(golden.Model.Forward(PackedTokens.Continuations(ids[past..(past + length)], [segment]), cache)));
            past += length;
        }

        Tensor expected = golden.Tensors.Read("forward_padded.logits")[0];
        (cat(pieces, 0).cpu() - expected).abs().max().item<float>().Should().BeLessThan(Tolerance);
    }

    [Test]
    public void Forward_BFloat16_IsNearFloat32()
    {
        using var golden = new GoldenModel(folder, device, ScalarType.BFloat16);
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        int[] ids = GoldenModel.IntRows(golden["forward_single"].GetProperty("input_ids"))[0];
        Tensor logits = golden.Model.Logits(golden.Model.Hidden([ids], out _)).to_type(ScalarType.Float32).cpu();
        (logits - golden.Tensors.Read("forward_single.logits").squeeze(0)).abs().max().item<float>().Should().BeLessThan(0.6f);
    }
}
