using Mel.Advantages;
using Mel.Algorithms;
using Mel.Core.Tests.Training;
using Mel.Experiences;
using Mel.Prompts;
using Mel.Rewards;
using Mel.Rollouts;
using Mel.Testing;
using Mel.Training;
using Mel.Verification;
using Microsoft.Extensions.DependencyInjection;

namespace Mel.Core.Tests.DependencyInjection;

/// <summary>What a container would take in silence, a builder refuses: twins, parts that are missing, options that nobody reads.</summary>
[TestFixture, NoTensorLeaks]
public sealed class MelBuilderRefusalTests
{
    [Test]
    public void Verbs_ForOnePartTwice_AreRefused()
    {
        Refused(mel => mel.UseReference(_ => TinyRun.Policy()).UseReference(_ => TinyRun.Policy()).UseGrpo(), "Two Use verbs pick a reference; a run has one.*");
        Refused(mel => mel.UseExperienceLanguage<PaperExperienceLanguage>().UseExperienceLanguage<PaperExperienceLanguage>().UseGrpo(),
            "Two Use verbs pick an experience language; a run has one.*");
        Refused(mel => mel.UseGrpo().WithMetaExperience().WithMetaExperience(), "WithMetaExperience was called twice, and every experience would be learned twice.*");
        Refused(mel => mel.UseGrpo().WithService<Quiet>().WithService<Quiet>(), "The service Quiet was added twice, and both would do the same;*");
    }

    [Test]
    public void AddMel_Twice_IsRefused()
    {
        ServiceCollection services = new();
        services.AddMel(mel => mel.UseGrpo());

        FluentActions.Invoking(() => services.AddMel(mel => mel.UseRft())).Should().Throw<InvalidOperationException>()
            .WithMessage("AddMel was called twice; a container holds one run.*");
    }

    [Test]
    public void Trainer_WithoutPolicyAndVerifier_SaysWhichVerbsAreMissing()
    {
        using ServiceProvider provider = new ServiceCollection().AddMel(mel => mel.UseGrpo()).BuildServiceProvider();

        FluentActions.Invoking(() => provider.GetRequiredService<Trainer>()).Should().Throw<InvalidOperationException>()
            .WithMessage("No policy is registered; call UsePolicy.\nNo verifier is registered; call UseVerifier.");
    }

    [Test]
    public void Trainer_OnePartRegisteredTwice_IsRefusedBeforeThePolicyIsMade()
    {
        bool made = false;
        IServiceCollection services = new ServiceCollection().AddSingleton<IRewardShaper>(new OverlongPenalty()).AddSingleton<IGroupFilter, DynamicSampling>();
        services.AddMel(mel => mel.UsePolicy(_ => Made(ref made)).UseVerifier(TinyRun.Judge).UseGrpo());
        services.AddSingleton<IRewardShaper>(new OverlongPenalty()).AddSingleton<IGroupFilter>(new MeanRewardRange()).AddSingleton<IVerifier, ExactAnswerVerifier>();
        using ServiceProvider provider = services.BuildServiceProvider();

        FluentActions.Invoking(() => provider.GetRequiredService<Trainer>()).Should().Throw<InvalidOperationException>()
            .WithMessage("IVerifier is registered 2 times; *\nIRewardShaper is registered 2 times; a run has one. Remove the others, or join*\nIGroupFilter is registered 2*");
        made.Should().BeFalse();
    }

    [Test]
    public void Trainer_PartsThatDoNotFit_AreRefusedBeforeThePolicyIsMade()
    {
        bool made = false;
        using ServiceProvider provider = new ServiceCollection()
            .AddMel(mel => mel.UsePolicy(_ => Made(ref made)).UseVerifier(TinyRun.Judge).UseDrGrpo(o => (o.KlCoefficient, o.FixedLength) = (0.1, 7)))
            .BuildServiceProvider();

        FluentActions.Invoking(() => provider.GetRequiredService<Trainer>()).Should().Throw<RunCompositionException>().Which.Problems.Should().HaveCount(2);
        made.Should().BeFalse();
    }

    [Test]
    public void Algorithm_OptionsThatItDoesNotRead_AreRefused()
    {
        IServiceCollection services = new ServiceCollection().Configure<GroupRelativeAdvantageOptions>(o => o.Scale = AdvantageScale.None);
        services.AddMel(mel => mel.UseRloo()).PostConfigure<ExperienceOptions>(o => o.ReplayCount = 2);
        using ServiceProvider provider = services.BuildServiceProvider();

        FluentActions.Invoking(() => provider.GetRequiredService<Algorithm>()).Should().Throw<InvalidOperationException>()
            .WithMessage("GroupRelativeAdvantageOptions are configured, but nothing in the picked algorithm reads them;*\nExperienceOptions are configured*");
    }

    [Test]
    public void Algorithm_OptionsThatItReads_AreAccepted()
    {
        IServiceCollection services = new ServiceCollection().Configure<LeaveOneOutAdvantageOptions>(o => o.KeepSingletonReward = true);
        services.AddMel(mel => mel.UseRloo().WithMetaExperience()).Configure<ExperienceOptions>(o => o.ReplayCount = 2);
        using ServiceProvider provider = services.BuildServiceProvider();

        provider.GetRequiredService<Algorithm>().Advantages.MinimumGroupSize.Should().Be(1);
    }

    [Test]
    public void ExperienceLanguage_PickedAfterTheLoop_IsTheOneThatIsUsed()
    {
        using ServiceProvider provider = new ServiceCollection().AddMel(mel => mel.UseGrpo().WithMetaExperience().UseExperienceLanguage<Own>()).BuildServiceProvider();

        provider.GetRequiredService<IExperienceLanguage>().Should().BeOfType<Own>();
    }

    [Test]
    public void WithMetaExperience_OptionsChangedAfterwards_HaveNoEffect()
    {
        ExperienceOptions options = TinyRun.ExperienceOptions();
        using BigramPolicy policy = TinyRun.Policy();
        Algorithm algorithm = Algorithm.Grpo().WithMetaExperience(null, options, new ToyExperienceLanguage());
        options.ExtractionMaxTokens = 4096;

        FluentActions.Invoking(() => new Trainer(policy, TinyRun.Judge, algorithm, TinyRun.Options())).Should().NotThrow();
    }

    private static BigramPolicy Made(ref bool made)
    {
        made = true;
        return TinyRun.Policy();
    }

    private static void Refused(Action<MelBuilder> configure, string message)
        => FluentActions.Invoking(() => new ServiceCollection().AddMel(configure)).Should().Throw<InvalidOperationException>().WithMessage(message);

    private sealed class Quiet : IRunService;

    private sealed class Own : IExperienceLanguage
    {
        private readonly PaperExperienceLanguage _inner = new();

        public string ExtractionPrompt(Prompt prompt, Trajectory incorrect, Trajectory correct) => _inner.ExtractionPrompt(prompt, incorrect, correct);

        public ExperienceParse Parse(string text) => _inner.Parse(text);

        public string ReplayPrompt(Prompt prompt, string experience) => _inner.ReplayPrompt(prompt, experience);

        public string RecallPrompt(string experience, ExperienceSections sections) => _inner.RecallPrompt(experience, sections);
    }
}
