using Mel.Rollouts;
using Mel.Testing;
using Mel.Transformers;
using static TorchSharp.torch;

namespace Mel.Samples.Tests.Miniature;

[TestFixture, NoTensorLeaks]
public sealed class MiniatureModelTests
{
    private string _folder = "";

    [SetUp]
    public void SetUp()
    {
        set_num_threads(1);
        _folder = Path.Combine(TestContext.CurrentContext.WorkDirectory, TestContext.CurrentContext.Test.ID);
        Directory.CreateDirectory(_folder);
    }

    [TearDown]
    public void TearDown() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void Config_IsTheSmallDecoderOfTheRecipe() => MiniatureModel.Config.ParameterCount.Should().Be(207_616);

    [Test]
    public void CommittedWeights_BelongToThisWorld()
    {
        ModelCard card = ModelCard.Load(MiniatureModel.Folder);
        card.WorldVersion.Should().Be(World.Version);
        card.WorldSeed.Should().Be(World.DefaultSeed);
        card.WarmStart.Should().BeEquivalentTo(new WarmStartOptions { Seed = card.WarmStart.Seed, Steps = card.WarmStart.Steps }, "the recipe of the command is the recipe of the weights");
        Directory.EnumerateFiles(MiniatureModel.Folder).Sum(file => new FileInfo(file).Length).Should().BeLessThanOrEqualTo(4 << 20);
    }

    /// <summary>
    /// Exact on the machine that made the weights; elsewhere another order of summation may turn a few tokens. The bounds are four questions at T = 0 and about two
    /// standard errors of the sampled figures, far less than what another world or other weights would do.
    /// </summary>
    [Test]
    public void CommittedWeights_ReproduceTheirFigures()
    {
        ModelCard card = ModelCard.Load(MiniatureModel.Folder);
        using TransformerPolicy policy = MiniatureModel.Load();
        ExaminationReport now = new Examination(MiniatureModel.LoadWorld(), policy, card.Examination).RunAsync().GetAwaiter().GetResult(); // tensors are counted per thread
        now.PassAt1.Should().BeApproximately(card.Figures.PassAt1, 4.0 / card.Examination.GreedyQuestions);
        now.AverageAtK.Should().BeApproximately(card.Figures.AverageAtK, 0.02);
        now.PassAtK.Should().BeApproximately(card.Figures.PassAtK, 0.06);
        now.TrainingReward.Should().BeApproximately(card.Figures.TrainingReward, 0.02);
        now.WellFormed.Should().BeApproximately(card.Figures.WellFormed, 0.02);
        now.ExactLessons.Should().BeApproximately(card.Figures.ExactLessons, 0.05);
        now.TrueHeuristics.Should().BeApproximately(card.Figures.TrueHeuristics, 0.05);
        now.Retention.Should().BeApproximately(card.Figures.Retention, 0.07);
        now.RecallOfCleanFacts.Should().BeApproximately(card.Figures.RecallOfCleanFacts, 0.02);
        now.RecallOfConfusedFacts.Should().BeApproximately(card.Figures.RecallOfConfusedFacts, 0.03);
    }

    [Test]
    public void CommittedFigures_AreWhatTrainingStartsFrom()
    {
        ExaminationReport figures = ModelCard.Load(MiniatureModel.Folder).Figures;
        figures.PassAt1.Should().BeInRange(0.15, 0.30);
        figures.ExactLessons.Should().BeGreaterThan(0.55);
        figures.TrueHeuristics.Should().BeGreaterThan(0.6);
        figures.ReplayGivenTrue.Should().BeGreaterThan(figures.ReplayGivenFalse + 0.15);
    }

    [Test]
    public void SaveAndLoad_GiveTheSameModel()
    {
        string folder = Path.Combine(_folder, "new", "model");
        ModelCard card = ModelCard.Load(MiniatureModel.Folder) with { WorldSeed = 77 };
        using TransformerPolicy saved = MiniatureModel.Create(seed: 5);
        MiniatureModel.Save(saved, card, folder);

        using TransformerPolicy loaded = MiniatureModel.Load(folder);
        MiniatureModel.LoadWorld(folder).Seed.Should().Be(77);
        ModelCard.Load(folder).Should().BeEquivalentTo(card);
        foreach ((string name, Tensor parameter) in saved.Parameters)
        {
            using var scope = NewDisposeScope();
            parameter.eq(loaded.Parameters[name]).all().item<bool>().Should().BeTrue(name);
        }
    }

    [Test]
    public void Load_ModelOfAnotherVersionOfTheWorld_SaysWhatToDo()
    {
        (ModelCard.Load(MiniatureModel.Folder) with { WorldVersion = "miniature-0" }).Save(_folder);
        FluentActions.Invoking(() => MiniatureModel.Load(_folder)).Should().Throw<InvalidDataException>().WithMessage("*'miniature-0'*'warm-start'*");
    }

    [TestCase(null, "*world.json' does not exist*warm-start*")]
    [TestCase("{", "*world.json' is no model card*")]
    [TestCase("{ \"worldSeed\": 1 }", "*world.json' is no model card*")]
    [TestCase("null", "*world.json' holds no model card*")]
    public void Load_UnreadableCard_NamesTheFile(string? content, string message)
    {
        if (content is not null) File.WriteAllText(Path.Combine(_folder, ModelCard.FileName), content);
        FluentActions.Invoking(() => MiniatureModel.Load(_folder)).Should().Throw<InvalidDataException>().WithMessage(message);
    }

    [Test]
    public void Sampling_StopsAtBothEndTokens()
    {
        using TransformerPolicy policy = MiniatureModel.Load();
        var request = new SamplingRequest(policy.Encode(MiniatureLanguage.Recall(new Fact(0, false))), 1, 1);
        Trajectory recalled = policy.SampleAsync([request], new SamplingOptions { MaxTokens = 8 }).GetAwaiter().GetResult()[0][0];
        recalled.TokenIds.ToArray()[^1].Should().Be(Vocabulary.EndExperienceId);
        Words.TryReadRule(recalled.Text, out _).Should().BeTrue();
    }
}
