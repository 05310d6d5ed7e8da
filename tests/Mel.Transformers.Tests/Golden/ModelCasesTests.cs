using Mel.Checkpoints;
using Mel.Testing;
using Mel.Transformers.Models;
using Mel.Transformers.Tests.Fakes;
using static TorchSharp.torch;

namespace Mel.Transformers.Tests.Golden;

/// <summary>Configurations, checkpoints and adapters that were taken for something else once.</summary>
[TestFixture, Category(ReferenceData.Category), NoTensorLeaks]
public sealed class ModelCasesTests
{
    private static readonly int[] Ids = [5, 9, 33, 7, 6, 11];

    [TestCase("checkpoint-tied-head-differs", "*lm_head.weight*differs from the embedding*")]
    [TestCase("checkpoint-single-beside-shards", "*index.json*stale*")]
    [TestCase("checkpoint-lfs-pointer", "*Git LFS pointer*git lfs pull*")]
    public void Checkpoint_ThatIsNotWhatItSays_IsRefused(string name, string message)
    {
        string folder = Case(name);
        FluentActions.Invoking(() => DecoderModel.Load(folder)).Should().Throw<CheckpointException>().WithMessage(message);
    }

    [Test]
    public void Checkpoint_OfACompiledModel_IsReadAndSaid()
    {
        using DecoderModel model = DecoderModel.Load(Case("checkpoint-compile-prefix"));
        model.Notices.Should().ContainSingle().Which.Should().Contain("_orig_mod.");
    }

    [Test]
    public void Checkpoint_WithoutStopToken_IsAnErrorThatNamesTheOption()
    {
        string folder = Case("checkpoint-no-stop-token");
        FluentActions.Invoking(() => TransformerPolicy.Load(folder, new NumberTokenizer())).Should().Throw<ModelConfigException>().WithMessage("*StopTokenIds*");
    }

    [Test]
    public void Adapter_OfAnExpression_IsTheSameAsOfAList()
    {
        using DecoderModel model = DecoderModel.Load(Case("adapter-base"));
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        Tensor before = Logits();
        model.LoadLora(Case("adapter-regex-targets"));
        (Logits() - before).abs().max().item<float>().Should().BeApproximately(2.05822f, 1e-4f);

        Tensor Logits()
        {
            Tensor hidden = model.Hidden([Ids], out _);
            return model.Logits(hidden.narrow(0, hidden.size(0) - 1, 1));
        }
    }

    [Test]
    public void Adapter_Activated_IsRefused()
    {
        using DecoderModel model = DecoderModel.Load(Case("adapter-base"));
        model.Invoking(m => m.LoadLora(Case("adapter-alora"))).Should().Throw<CheckpointException>().WithMessage("*alora_invocation_tokens*");
    }

    [Test]
    public void Config_Mistral_IsRead()
    {
        ModelConfig config = Config("config-mistral-v0.3.json");
        config.Family.Should().Be(DecoderFamily.Mistral);
        config.Traits.Layers.Should().BeEmpty("no layer has a window");
    }

    [Test]
    public void Config_RotationOfAKindOfLayer_IsRead() => Config("config-rope-parameters-per-layer-type.json").RopeTheta.Should().Be(1e6);

    [Test]
    public void Config_TypeAsPythonWritesIt_IsRead() => Config("config-torch-dtype-prefix.json").DataType.Should().Be(ScalarType.BFloat16);

    private static string Case(string name) => ReferenceData.Require("cases", "models", name);

    private static ModelConfig Config(string name) => ModelConfigFile.Parse(File.ReadAllText(Case(name)), name).Config;
}
