using Mel.Testing;
using Mel.Transformers.Models;
using static TorchSharp.torch;

namespace Mel.Transformers.Tests.Models;

/// <summary>What a configuration means where its file says nothing, and shapes that no golden checkpoint has.</summary>
[TestFixture, NoTensorLeaks]
public sealed class FamilyConfigTests
{
    private const string Sizes = """
        "vocab_size": 50, "hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 8, "num_attention_heads": 8, "max_position_embeddings": 64
        """;

    [Test]
    public void Mistral_WindowNotNamed_IsThatOfItsClass()
    {
        Kinds(Read("mistral")).Should().AllBeEquivalentTo(new LayerKind(4096, Rotation.Global));
        Kinds(Read("mistral", """, "sliding_window": null """)).Should().AllBeEquivalentTo(default(LayerKind));
        Read("mistral").KeyValueHeads.Should().Be(8);
    }

    [Test]
    public void Qwen_WindowThatIsSwitchedOff_IsNotUsed()
    {
        Kinds(Read("qwen2", """, "sliding_window": 4, "use_sliding_window": false, "max_window_layers": 3 """)).Should().AllBeEquivalentTo(default(LayerKind));
        Kinds(Read("qwen3", """, "sliding_window": 4, "use_sliding_window": true, "max_window_layers": 6 """)).Select(kind => kind.Window)
            .Should().Equal(0, 0, 0, 0, 0, 0, 4, 4);
    }

    [Test]
    public void SmolLm3_NothingNamed_EveryFourthLayerDoesNotRotate()
    {
        ModelConfig config = Read("smollm3");
        Kinds(config).Select(kind => kind.Rotation == Rotation.None).Should().Equal(false, false, false, true, false, false, false, true);
        (config.TiedEmbeddings, config.RopeTheta, config.KeyValueHeads).Should().Be((true, 2_000_000.0, 4));
        Kinds(Read("smollm3", """, "no_rope_layers": [0, 1, 1, 1, 1, 1, 1, 1], "use_sliding_window": true, "sliding_window": 9 """))
            .Should().Equal([new(9, Rotation.None), .. Enumerable.Repeat(default(LayerKind), 7)]);
    }

    [Test]
    public void Gemma_NothingNamed_HasTheWindowsBoundsAndScalesOfItsClass()
    {
        ModelConfig second = Read("gemma2"), third = Read("gemma3_text", """, "rope_scaling": {"rope_type": "linear", "factor": 8} """);
        Kinds(second).Select(kind => kind.Window).Should().Equal(4096, 0, 4096, 0, 4096, 0, 4096, 0);
        (second.Traits.AttentionCap, second.Traits.LogitCap, second.Traits.AttentionScale, second.HeadSize).Should().Be((50.0, 30.0, 1 / 16.0, 256));
        second.Traits.EmbeddingScale.Should().Be(Math.Sqrt(32));
        Read("gemma2", """, "attn_logit_softcapping": null """).Traits.AttentionCap.Should().BeNull();
        Kinds(third).Select(kind => kind.Rotation).Should().Equal(
            Rotation.Local, Rotation.Local, Rotation.Local, Rotation.Local, Rotation.Local, Rotation.Global, Rotation.Local, Rotation.Local);
        third.Traits.LocalRope.Should().BeEquivalentTo(new RopeSettings(10_000, new RopeScaling()));
        (third.RopeTheta, third.RopeScaling.Type, third.Traits.AttentionCap).Should().Be((1e6, RopeType.Linear, null));
    }

    [Test]
    public void Olmo3_StretchedRotation_HoldsForLayersThatSeeEverything()
    {
        ModelConfig config = Read("olmo3", """, "sliding_window": 5, "rope_theta": 500000, "rope_scaling": {"rope_type": "yarn", "factor": 8, "original_max_position_embeddings": 8} """);
        Kinds(config).Select(kind => kind.Rotation).Distinct().Should().Equal(Rotation.Local, Rotation.Global);
        config.Traits.LocalRope.Should().BeEquivalentTo(new RopeSettings(500_000, new RopeScaling()));
        Read("olmo3").Traits.LocalRope.Should().BeNull("both rotations are the same");
    }

    [Test]
    public void Phi_LongRope_EndsItsContextWhereThatOfPretrainingEnds()
    {
        ModelConfig config = Read("phi3", """
            , "partial_rotary_factor": 0.5, "original_max_position_embeddings": 16, "tie_word_embeddings": true,
            "rope_scaling": {"type": "longrope", "short_factor": [1.0], "long_factor": [4.0]}
            """);
        (config.ContextTokens, config.Traits.RotaryWidth, config.RopeScaling.Factor).Should().Be((16, 2, 4.0));
        var (frequencies, factor) = RotaryTable.Frequencies(config);
        frequencies.Should().Equal(1f);
        factor.Should().BeApproximately(MathF.Sqrt(1 + MathF.Log(4) / MathF.Log(16)), 1e-6f);       // sqrt(1.5)
        FluentActions.Invoking(() => Read("phi3", """, "original_max_position_embeddings": 16, "rope_scaling": {"type": "su", "short_factor": [1, 1, 1], "long_factor": [4]} """))
            .Should().Throw<ModelConfigException>().WithMessage("*short_factor'*3 numbers*2 positive*");
    }

    // The rotated part turns as a head of its width would, and the rest stays.
    [Test]
    public void Rotate_APartOfAHead_LeavesTheRest()
    {
        using var scope = NewDisposeScope();
        ModelConfig config = Read("phi3", """, "partial_rotary_factor": 0.5 """);
        using var tables = new RotaryTables(config);
        using var rotary = new Packing.RotaryContext(tables.Find(Rotation.Global)!, [3]);
        Tensor x = tensor(new float[] { 1, 2, 30, 40 }).view(1, 4);
        float[] turned = [.. LayerMath.Rotate(x, null, rotary, 4, Mel.Transformers.Kernels.Fused.WhereServed).data<float>()];
        turned[0].Should().BeApproximately(MathF.Cos(3) - 2 * MathF.Sin(3), 1e-6f);
        turned[1].Should().BeApproximately(2 * MathF.Cos(3) + MathF.Sin(3), 1e-6f);
        turned[2..].Should().Equal(30, 40);
    }

    [Test]
    public void Biases_OfTheFeedForwardLayer_AreParametersThatAct()
    {
        ModelConfig config = Read("llama", """, "mlp_bias": true, "attention_bias": true, "num_key_value_heads": 4 """) with { InitializerRange = 0.3 };
        using DecoderModel model = DecoderModel.Create(config, 1);
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        model.Parameters.Keys.Count(name => name.EndsWith(".bias", StringComparison.Ordinal)).Should().Be(8 * 7);
        Tensor before = model.Hidden([new[] { 1, 2, 3 }], out _);
        foreach (string name in (string[])["mlp.gate_proj", "mlp.up_proj", "mlp.down_proj", "self_attn.o_proj"])
        {
            model.Parameters[$"model.layers.0.{name}.bias"].add_(0.5f);
            Tensor fused = model.Hidden([new[] { 1, 2, 3 }], out _);
            (fused - before).abs().max().item<float>().Should().BeGreaterThan(1e-3f, name);
            model.Fused = Mel.Transformers.Kernels.Fused.Nowhere;
            (model.Hidden([new[] { 1, 2, 3 }], out _) - fused).abs().max().item<float>().Should().BeLessThan(1e-5f, name);
            model.Fused = Mel.Transformers.Kernels.Fused.WhereServed;
            before = fused;
        }
    }

    private static ModelConfig Read(string type, string more = "") => ModelConfigFile.Parse($$"""{"model_type": "{{type}}", {{Sizes}}{{more}}}""").Config;

    private static LayerKind[] Kinds(ModelConfig config) => [.. Enumerable.Range(0, config.Layers).Select(config.Traits.Layer)];
}
