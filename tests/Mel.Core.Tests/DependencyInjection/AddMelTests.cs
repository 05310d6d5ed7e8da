using Mel.Advantages;
using Mel.Algorithms;
using Mel.Core.Tests.Training;
using Mel.Experiences;
using Mel.Objectives;
using Mel.Prompts;
using Mel.Rollouts;
using Mel.Runtime;
using Mel.Testing;
using Mel.Training;
using Mel.Verification;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Mel.Core.Tests.DependencyInjection;

[TestFixture, NoTensorLeaks]
public sealed class AddMelTests
{
    [Test]
    public async Task Trainer_FromTheContainer_RunsAsTheOneFromConstructors()
    {
        TinyRun.Outcome byHand = await TinyRun.RunAsync(TinyRun.Options(steps: 4), Algorithm.Grpo(o => o.ClipRangeHigh = 0.3).WithMetaExperience(new() { Weight = 0.5 }));

        await using ServiceProvider provider = Services(mel => mel
            .UseGrpo(o => o.ClipRangeHigh = 0.3)
            .WithMetaExperience(o => o.Weight = 0.5, TinyExtraction)).BuildServiceProvider();
        RecordingProgress progress = new();
        await provider.GetRequiredService<Trainer>().RunAsync(TinyRun.Questions(), progress);

        ((BigramPolicy)provider.GetRequiredService<IPolicy>()).Snapshot().Should().Equal(byHand.Parameters);
        progress.Reports.Select(TinyRun.Figures).Should().BeEquivalentTo(byHand.Steps.Select(TinyRun.Figures), o => o.WithStrictOrdering());
        byHand.Steps.Sum(s => s.Experiences.Retained.Count).Should().BePositive();
    }

    [TestCase("reinforce++", typeof(BatchNormalizedAdvantage), typeof(ClippedSurrogateObjective))]
    [TestCase("rft", typeof(CorrectOnlySelection), typeof(LogLikelihoodObjective))]
    [TestCase("dapo", typeof(GroupRelativeAdvantage), typeof(ClippedSurrogateObjective))]
    [TestCase("cispo", typeof(GroupRelativeAdvantage), typeof(CispoObjective))]
    [TestCase("dr-grpo", typeof(GroupRelativeAdvantage), typeof(ClippedSurrogateObjective))]
    [TestCase("gspo", typeof(GroupRelativeAdvantage), typeof(ClippedSurrogateObjective))]
    [TestCase("rloo", typeof(LeaveOneOutAdvantage), typeof(ClippedSurrogateObjective))]
    [TestCase("paper", typeof(GroupRelativeAdvantage), typeof(ClippedSurrogateObjective))]
    [TestCase("positive-only", typeof(PositiveOnlyAdvantage), typeof(ClippedSurrogateObjective))]
    public void Use_PicksEstimatorAndObjective(string name, Type advantages, Type objective)
    {
        using ServiceProvider provider = Services(mel => _ = name switch
        {
            "reinforce++" => mel.UseReinforcePlusPlus(),
            "rft" => mel.UseRft(),
            "cispo" => mel.UseCispo(),
            "dr-grpo" => mel.UseDrGrpo(),
            "gspo" => mel.UseGspo(),
            "rloo" => mel.UseRloo(),
            "dapo" => mel.UseDapo(),
            "positive-only" => mel.UsePositiveOnly(),
            _ => mel.UseAlgorithm(Algorithm.Named(name)),
        }).BuildServiceProvider();

        provider.GetRequiredService<Algorithm>().Advantages.Should().BeOfType(advantages);
        provider.GetRequiredService<Algorithm>().Objective.Should().BeOfType(objective);
        provider.GetRequiredService<Trainer>().Should().BeSameAs(provider.GetRequiredService<Trainer>());
        provider.GetRequiredService<Algorithm>().Experiences.Should().BeNull();
    }

    [Test]
    public void With_SeveralTimes_TheLastIsOutermost()
    {
        using ServiceProvider provider = Services(mel => mel
            .UseGrpo()
            .WithObjective((_, inner) => new Named("first", inner))
            .WithObjective((_, inner) => new Named("second", inner))).BuildServiceProvider();

        Named outer = provider.GetRequiredService<Algorithm>().Objective.Should().BeOfType<Named>().Subject;
        outer.Name.Should().Be("second");
        outer.Wrapped.Should().BeOfType<Named>().Which.Wrapped.Should().BeOfType<ClippedSurrogateObjective>();
    }

    [Test]
    public void Use_WhatTheApplicationRegisteredBefore_Wins()
    {
        ExactAnswerVerifier own = new();
        ToyExperienceLanguage language = new('q');
        ServiceCollection services = new();
        services.AddSingleton<IVerifier>(own);
        services.AddSingleton<IExperienceLanguage>(language);
        services.AddSingleton<IAdvantageEstimator>(new LeaveOneOutAdvantage());
        services.AddMel(mel => mel.UsePolicy(_ => TinyRun.Policy()).UseVerifier<BoxedAnswerVerifier>().UseExperienceLanguage<ToyLanguage>().UseGrpo().WithMetaExperience());

        using ServiceProvider provider = services.BuildServiceProvider();

        provider.GetRequiredService<IVerifier>().Should().BeSameAs(own);
        provider.GetRequiredService<IExperienceLanguage>().Should().BeSameAs(language);
        provider.GetRequiredService<Algorithm>().Advantages.Should().BeOfType<LeaveOneOutAdvantage>();
    }

    [Test]
    public void With_ObjectiveTheApplicationRegisteredBefore_IsWrapped()
    {
        Named own = new("own", new LogLikelihoodObjective());
        ServiceCollection services = new();
        services.AddSingleton<IObjective>(own);
        services.AddMel(mel => mel.UsePolicy(_ => TinyRun.Policy()).UseVerifier(TinyRun.Judge).UseGrpo().WithMetaExperience(extraction: TinyExtraction).WithObjective((_, inner) => new Named("outermost", inner)));

        using ServiceProvider provider = services.BuildServiceProvider();

        Named outermost = provider.GetRequiredService<Algorithm>().Objective.Should().BeOfType<Named>().Subject;
        RunIdentity identity = new();
        identity.Add("objective", outermost);
        identity.Values.Should().Contain("objective.inner", nameof(MetaExperienceObjective)).And.Contain("objective.inner.inner", nameof(Named)).And.Contain("objective.inner.inner.inner", nameof(LogLikelihoodObjective));
        provider.GetRequiredService<Trainer>().Should().NotBeNull();
    }

    [Test]
    public void With_WithoutALanguage_IsThePapers()
    {
        using ServiceProvider provider = new ServiceCollection().AddMel(mel => mel.UseGrpo().WithMetaExperience()).BuildServiceProvider();

        provider.GetRequiredService<IExperienceLanguage>().Should().BeOfType<PaperExperienceLanguage>();
    }

    [Test]
    public void Verbs_InTheWrongOrder_SayWhy()
    {
        Throws(mel => mel.UseGrpo().WithMetaExperience().UseRft(), "A Use verb after a With verb would leave the wrapper around nothing; pick the algorithm first, then wrap it.");
        Throws(mel => mel.WithMetaExperience().UseGrpo(), "A With verb wraps the objective picked before it, but none was picked; call UseGrpo, UseReinforcePlusPlus, UseRft or UseAlgorithm first.");
        Throws(mel => mel.UseGrpo().UseRft(), "Two algorithms were picked; a run has one. Remove one of the Use verbs.");
        Throws(mel => mel.UseVerifier<ExactAnswerVerifier>().UseVerifier(TinyRun.Judge).UseGrpo(), "Two Use verbs pick a verifier; a run has one. Remove one of them.");
        Throws(mel => mel.UsePolicy(_ => TinyRun.Policy()).UsePolicy(_ => TinyRun.Policy()).UseGrpo(), "Two Use verbs pick a policy; a run has one. Remove one of them.");
        Throws(_ => { }, "No algorithm was picked; call UseGrpo, UseReinforcePlusPlus, UseRft or UseAlgorithm.");

        static void Throws(Action<MelBuilder> configure, string message)
            => FluentActions.Invoking(() => new ServiceCollection().AddMel(configure)).Should().Throw<InvalidOperationException>().WithMessage(message);
    }

    [Test]
    public void Options_BindFromConfigurationByPropertyName()
    {
        IConfiguration configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Mel:Trainer:Steps"] = "12",
            ["Mel:Trainer:GroupSize"] = "4",
            ["Mel:Trainer:Seed"] = "99",
            ["Mel:Trainer:Sampling:MaxTokens"] = "77",
            ["Mel:Trainer:Sampling:Temperature"] = "0.9",
            ["Mel:Trainer:Optimizer:LearningRate"] = "3e-5",
            ["Mel:Trainer:Optimizer:Schedule"] = "Cosine",
            ["Mel:Grpo:ClipRangeHigh"] = "0.28",
            ["Mel:Grpo:Aggregation"] = "SequenceMeanTokenMean",
            ["Mel:Grpo:DualClip"] = "3",
            ["Mel:MetaExperience:Scaling"] = "GradientNormRatio",
            ["Mel:MetaExperience:Conditioning"] = "Heuristic",
            ["Mel:Experiences:ReplayCount"] = "5",
            ["Mel:Experiences:PairSelection"] = "Spread",
        }).Build();
        IServiceCollection services = Services(mel => mel.UseGrpo().WithMetaExperience(extraction: TinyExtraction));
        services.Configure<TrainerOptions>(configuration.GetSection("Mel:Trainer"));
        services.Configure<ClippedSurrogateOptions>(configuration.GetSection("Mel:Grpo"));
        services.Configure<MetaExperienceOptions>(configuration.GetSection("Mel:MetaExperience"));
        services.Configure<ExperienceOptions>(configuration.GetSection("Mel:Experiences"));

        using ServiceProvider provider = services.BuildServiceProvider();

        provider.GetRequiredService<IOptions<TrainerOptions>>().Value.Should().BeEquivalentTo(new
        {
            Steps = 12, GroupSize = 4, Seed = 99UL, Sampling = new { MaxTokens = 77, Temperature = 0.9 }, Optimizer = new { LearningRate = 3e-5, Schedule = LearningRateSchedule.Cosine },
        });
        provider.GetRequiredService<IOptions<ClippedSurrogateOptions>>().Value.Should().BeEquivalentTo(new { ClipRangeHigh = 0.28, Aggregation = Mel.Losses.Aggregation.SequenceMeanTokenMean, DualClip = 3.0 });
        provider.GetRequiredService<IOptions<MetaExperienceOptions>>().Value.Should().BeEquivalentTo(new { Scaling = TermScalingKind.GradientNormRatio, Conditioning = Conditioning.Heuristic });
        provider.GetRequiredService<IOptions<ExperienceOptions>>().Value.Should().BeEquivalentTo(new { ReplayCount = 5, PairSelection = PairSelection.Spread });
        provider.GetRequiredService<Trainer>().Should().NotBeNull();
    }

    [Test]
    public void Start_BrokenOptions_AreFoundBeforeAnythingRuns()
    {
        using ServiceProvider provider = Services(mel => mel
            .ConfigureTrainer(o => o.Steps = 0)
            .UseGrpo(o => o.ClipRangeLow = 3)
            .WithMetaExperience(o => o.Weight = -1, o => o.ReplayCount = 0)).BuildServiceProvider();

        AggregateException broken = FluentActions.Invoking(() => provider.GetRequiredService<IStartupValidator>().Validate()).Should().Throw<AggregateException>().Which;

        string.Join('\n', broken.InnerExceptions.Select(e => e.Message)).Should()
            .Contain("Property Steps: must be at least 1, got 0").And.Contain("Property ClipRangeLow: must be within (0, 1], got 3")
            .And.Contain("Property Weight: must be within [0, 1000], got -1").And.Contain("Property ReplayCount: must be at least 1, got 0");
        FluentActions.Invoking(() => provider.GetRequiredService<Trainer>()).Should().Throw<OptionsValidationException>();
    }

    [Test]
    public async Task ReferencePolicy_ByItsKey_ScoresTheTrajectories()
    {
        IServiceCollection services = Services(mel => mel.ConfigureTrainer(o => o.Steps = 1).UseReference(_ => TinyRun.Policy(seed: 2)).UseGrpo(o => o.KlCoefficient = 0.1));
        await using ServiceProvider provider = services.BuildServiceProvider();
        RecordingProgress progress = new();

        await provider.GetRequiredService<Trainer>().RunAsync(TinyRun.Questions(), progress);

        progress.Reports[0].Metrics["kl"].Should().BePositive();
        provider.GetRequiredService<IPolicy>().Should().NotBeSameAs(provider.GetRequiredKeyedService<IPolicy>(MelBuilder.ReferencePolicyKey));
    }

    [Test]
    public async Task Sampler_OfItsOwn_IsAskedForRolloutsAndExperiences()
    {
        IServiceCollection services = Services(mel => mel.ConfigureTrainer(o => o.Steps = 1).UseGrpo().WithMetaExperience(extraction: TinyExtraction));
        using BigramPolicy engine = TinyRun.Policy();
        services.AddSingleton<ISampler>(new DelegatingSampler(engine));
        await using ServiceProvider provider = services.BuildServiceProvider();

        await provider.GetRequiredService<Trainer>().RunAsync(TinyRun.Questions());

        engine.Calls.Should().BeGreaterThan(1);
        ((BigramPolicy)provider.GetRequiredService<IPolicy>()).Calls.Should().Be(0);
    }

    private static void TinyExtraction(ExperienceOptions options)
    {
        ExperienceOptions tiny = TinyRun.ExperienceOptions();
        (options.ExtractionMaxTokens, options.ReplayMaxTokens, options.PairsPerPrompt, options.ReplayCount) = (tiny.ExtractionMaxTokens, tiny.ReplayMaxTokens, tiny.PairsPerPrompt, tiny.ReplayCount);
    }

    private static IServiceCollection Services(Action<MelBuilder> configure)
    {
        ServiceCollection services = new();
        return services.AddMel(mel =>
        {
            TrainerOptions tiny = TinyRun.Options(steps: 4);
            mel.UsePolicy(_ => TinyRun.Policy()).UseVerifier(TinyRun.Judge).UseExperienceLanguage<ToyLanguage>().ConfigureTrainer(o =>
                (o.Steps, o.PromptsPerStep, o.GroupSize, o.Seed, o.Sampling, o.Optimizer) = (tiny.Steps, tiny.PromptsPerStep, tiny.GroupSize, tiny.Seed, tiny.Sampling, tiny.Optimizer));
            configure(mel);
        });
    }

    private sealed class ToyLanguage : IExperienceLanguage
    {
        private readonly ToyExperienceLanguage _toy = new();

        public string ExtractionPrompt(Prompt prompt, Trajectory incorrect, Trajectory correct) => _toy.ExtractionPrompt(prompt, incorrect, correct);

        public ExperienceParse Parse(string text) => _toy.Parse(text);

        public string ReplayPrompt(Prompt prompt, string experience) => _toy.ReplayPrompt(prompt, experience);

        public string RecallPrompt(string experience, ExperienceSections sections) => _toy.RecallPrompt(experience, sections);
    }

    private sealed class Named(string name, IObjective inner) : DelegatingObjective(inner)
    {
        public string Name => name;

        public IObjective Wrapped => Inner;
    }
}
