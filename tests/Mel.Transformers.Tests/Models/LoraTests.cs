using Mel.Checkpoints;
using Mel.Rollouts;
using Mel.Testing;
using Mel.Training;
using Mel.Transformers.Adapters;
using Mel.Transformers.Models;
using Mel.Transformers.Tests.Fakes;
using Microsoft.Extensions.Options;
using static TorchSharp.torch;

namespace Mel.Transformers.Tests.Models;

[TestFixture, NoTensorLeaks]
public sealed class LoraTests
{
    private static readonly TokenBatch Batch = new([new TokenSequence(new[] { 1, 2 }, new[] { 3, 4, 5 }), new TokenSequence(new[] { 9 }, new[] { 8, 6 })]);
    private static readonly LoraOptions Options = new() { Rank = 4, Alpha = 8, Targets = ["q_proj", "v_proj", "o_proj", "up_proj", "down_proj"] };

    [Test]
    public void AddLora_Fresh_ChangesNothingAndTrainsAdaptersOnly([Values] DecoderFamily family)
    {
        using TransformerPolicy policy = TinyModels.Policy(family);
        using var scope = NewDisposeScope();
        float[] before = Scores(policy);
        bool joint = family == DecoderFamily.Phi3;
        LoraOptions options = joint ? new() { Rank = 4, Targets = ["qkv_proj", "o_proj", "gate_up_proj"] } : Options;
        policy.Model.AddLora(options, 1);
        Scores(policy).Should().Equal(before);
        policy.Parameters.Should().HaveCount(2 * options.Targets.Count * 2)
            .And.ContainKey($"model.layers.1.self_attn.{(joint ? "qkv" : "q")}_proj.lora_A.weight");
        policy.Score(Batch).LogProbs.sum().backward();
        policy.Parameters.Values.Should().OnlyContain(p => p.requires_grad && !ReferenceEquals(p.grad, null));
        policy.Model.Weights.Values.Should().OnlyContain(p => !p.requires_grad && ReferenceEquals(p.grad, null));
    }

    [Test]
    public void Lora_Trained_SamplesAsItScoresMergesAndSwitchesOff()
    {
        using TransformerPolicy policy = TinyModels.Policy();
        using var scope = NewDisposeScope();
        float[] before = Scores(policy);
        Train(policy);
        float[] trained = Scores(policy);
        trained.Zip(before, (a, b) => Math.Abs(a - b)).Max().Should().BeGreaterThan(0.05f);
        Scores(policy.Reference).Should().Equal(before);
        policy.Model.AdaptersEnabled.Should().BeTrue();

        var request = new SamplingRequest(new[] { 1, 2, 3 }, 4, 5);
        foreach (Trajectory t in policy.Sample([request], new SamplingOptions { MaxTokens = 8 })[0])
        {
            using var noGrad = no_grad();
            float[] scored = [.. policy.Score(new TokenBatch([new TokenSequence(request.PromptTokenIds, t.TokenIds)])).LogProbs.data<float>()];
            for (int i = 0; i < scored.Length; i++) scored[i].Should().BeApproximately(t.LogProbs.Span[i], 1e-4f);
        }

        policy.Model.MergeLora();
        policy.Model.Lora.Should().BeNull();
        policy.Parameters.Should().ContainKey("model.norm.weight");
        float[] merged = Scores(policy);
        for (int i = 0; i < merged.Length; i++) merged[i].Should().BeApproximately(trained[i], 1e-4f);
    }

    [Test]
    public void SaveThenLoad_Lora_GivesTheSameModelInPeftLayout()
    {
        string folder = Directory.CreateTempSubdirectory("mel-lora-").FullName;
        try
        {
            using var scope = NewDisposeScope();
            using TransformerPolicy policy = TinyModels.Policy(), other = TinyModels.Policy();
            Train(policy);
            policy.Model.SaveLora(folder, "tiny");
            using (SafetensorsFile file = SafetensorsFile.Open(Path.Combine(folder, "adapter_model.safetensors")))
                file.Entries["base_model.model.model.layers.0.mlp.up_proj.lora_B.weight"].Shape.Should().Equal(48, 4);
            other.Model.LoadLora(folder);
            other.Model.Lora.Should().BeEquivalentTo(Options);
            Scores(other).Should().Equal(Scores(policy));

            using TransformerPolicy larger = new(DecoderModel.Create(TinyModels.Config() with { Layers = 3 }, 1), new NumberTokenizer());
            larger.Model.Invoking(m => m.LoadLora(folder)).Should().Throw<CheckpointException>().WithMessage("*model.layers.2*");
            larger.Model.Lora.Should().BeNull();
            string config = Path.Combine(folder, "adapter_config.json");
            File.WriteAllText(config, File.ReadAllText(config).Replace("\"use_dora\": false", "\"use_dora\": true", StringComparison.Ordinal));
            larger.Model.Invoking(m => m.LoadLora(folder)).Should().Throw<CheckpointException>().WithMessage("*use_dora*true*false*");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Test]
    public void AddLora_BadOptions_SaysWhatIsExpected()
    {
        using DecoderModel model = TinyModels.Model();
        model.Invoking(m => m.AddLora(new LoraOptions { Rank = 0 }, 1)).Should().Throw<OptionsValidationException>().WithMessage("*Rank*at least 1*0*");
        model.Invoking(m => m.AddLora(new LoraOptions { Targets = ["query"] }, 1))
            .Should().Throw<OptionsValidationException>().WithMessage("*Targets*q_proj*'query'*");
        model.Invoking(m => m.AddLora(new LoraOptions { Targets = ["q_proj", "qkv_proj"] }, 1))
            .Should().Throw<OptionsValidationException>().WithMessage("*Targets*'qkv_proj'*Qwen3*q_proj, k_proj*");
        model.Invoking(m => m.AddLora(new LoraOptions { Targets = [] }, 1)).Should().Throw<OptionsValidationException>().WithMessage("*Targets*at least one*");
        model.Invoking(m => m.AddLora(new LoraOptions { Alpha = double.NaN }, 1))
            .Should().Throw<OptionsValidationException>().WithMessage("*Alpha*finite*NaN*");
        model.Invoking(m => m.MergeLora()).Should().Throw<InvalidOperationException>().WithMessage("*no adapters*");
        model.AddLora(Options, 1);
        model.Invoking(m => m.AddLora(Options, 1)).Should().Throw<InvalidOperationException>().WithMessage("*adapters already*");
    }

    [Test]
    public void AddLora_OptionsChangedAfterwards_HaveNoEffect()
    {
        using DecoderModel model = TinyModels.Model();
        var options = new LoraOptions { Rank = 2 };
        model.AddLora(options, 1);
        options.Rank = 9;
        model.Lora!.Alpha = 9;
        model.Lora.Should().BeEquivalentTo(new LoraOptions { Rank = 2 });
    }

    private static float[] Scores(IPolicy policy)
    {
        using var noGrad = no_grad();
        return [.. policy.Score(Batch).LogProbs.data<float>()];
    }

    private static void Train(TransformerPolicy policy)
    {
        policy.Model.AddLora(Options, 1);
        using var optimizer = new AdamW(policy.Parameters);
        for (int step = 0; step < 5; step++)
        {
            policy.Score(Batch).LogProbs.sum().neg().backward();
            optimizer.Step(0.02);
            foreach (Tensor parameter in policy.Parameters.Values) parameter.grad!.zero_();
        }
    }
}
