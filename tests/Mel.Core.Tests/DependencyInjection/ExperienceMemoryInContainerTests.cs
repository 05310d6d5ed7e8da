using Mel.Algorithms;
using Mel.Core.Tests.Training;
using Mel.Experiences;
using Mel.Memory;
using Mel.Prompts;
using Mel.Rollouts;
using Mel.Runtime;
using Mel.Testing;
using Mel.Training;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Mel.Core.Tests.DependencyInjection;

[TestFixture, NoTensorLeaks]
public sealed class ExperienceMemoryInContainerTests
{
    [Test]
    public async Task Trainer_FromTheContainer_RunsAsTheOneFromConstructors()
    {
        ExperienceOptions extraction = ExperienceMemory.Extraction();
        Extraction(extraction);
        TinyRun.Outcome byHand = await TinyRun.RunAsync(
            TinyRun.Options(steps: 3), Algorithm.PositiveOnly().WithExperienceMemory(new() { MinimumVotes = 1 }, extraction, new ToyExperienceLanguage()),
            withExperiences: false);

        await using ServiceProvider provider = Services(mel => mel.UsePositiveOnly().WithExperienceMemory(o => o.MinimumVotes = 1, Extraction)).BuildServiceProvider();
        RecordingProgress progress = new();
        await provider.GetRequiredService<Trainer>().RunAsync(TinyRun.Questions(), progress);

        ((BigramPolicy)provider.GetRequiredService<IPolicy>()).Snapshot().Should().Equal(byHand.Parameters);
        byHand.Steps.Sum(s => s.Experiences.Rehearsals.Count).Should().BePositive();
    }

    [Test]
    public void Extraction_IsTheRecipe_ThenTheConfiguration_ThenCode()
    {
        IConfiguration configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Experience:PairsPerPrompt"] = "5", ["ExperienceMemory:MaxKeys"] = "77",
        }).Build();
        RunIdentity identity = Identity(mel => mel.Configure(configuration).UseGrpo().WithExperienceMemory(extraction: o => o.UntilStep = 15));

        identity.Values["experiences"].Should().Be(nameof(RememberingExtractor));
        identity.Values["experiences.memory.MaxKeys"].Should().Be("77");
        identity.Values["experiences.inner"].Should().Be(nameof(ContrastiveExperienceExtractor), "the recipe has no replay");
        identity.Values["experiences.inner.PairSelection"].Should().Be(nameof(PairSelection.LongestSharedPrefix));
        (identity.Values["experiences.inner.PairsPerPrompt"], identity.Values["experiences.inner.UntilStep"]).Should().Be(("5", "15"));
    }

    [Test]
    public void Memory_AroundTheLoop_KeepsItsExtractor()
    {
        RunIdentity identity = Identity(mel => mel.UseGrpo().WithMetaExperience().WithExperienceMemory());

        identity.Values["experiences.inner"].Should().Be(nameof(ReplayValidatedExtractor));
    }

    [Test]
    public void Memory_AroundAnExtractorOfTheApplication_Wraps()
    {
        RunIdentity identity = Identity(mel =>
        {
            mel.Services.AddSingleton<IExperienceExtractor>(new Own());
            mel.UseGrpo().WithMetaExperience().WithExperienceMemory();
        });

        identity.Values["experiences.inner"].Should().Be(nameof(Own));
    }

    [Test]
    public void Memory_Twice_OrBeforeTheLoop_IsRefused()
    {
        FluentActions.Invoking(() => Services(mel => mel.UseGrpo().WithExperienceMemory().WithExperienceMemory())).Should()
            .Throw<InvalidOperationException>().WithMessage("WithExperienceMemory was called twice*");
        FluentActions.Invoking(() => Services(mel => mel.UseGrpo().WithExperienceMemory().WithMetaExperience())).Should()
            .Throw<InvalidOperationException>().WithMessage("WithMetaExperience was called after WithExperienceMemory; call it before.");
    }

    private static void Extraction(ExperienceOptions options) => options.ExtractionMaxTokens = 24;

    private static RunIdentity Identity(Action<MelBuilder> compose)
    {
        using ServiceProvider provider = Services(compose).BuildServiceProvider();
        RunIdentity identity = new();
        identity.Add("experiences", provider.GetRequiredService<Algorithm>().Experiences!(new ScriptedSampler((_, _) => ""), TinyRun.Judge, TimeProvider.System));
        return identity;
    }

    private static ServiceCollection Services(Action<MelBuilder> compose)
    {
        ServiceCollection services = new();
        services.AddMel(mel =>
        {
            mel.UsePolicy(_ => TinyRun.Policy()).UseVerifier(TinyRun.Judge).UseExperienceLanguage<ToyLanguage>().ConfigureTrainer(o =>
            {
                TrainerOptions tiny = TinyRun.Options();
                (o.Steps, o.PromptsPerStep, o.GroupSize, o.Seed, o.Sampling, o.Optimizer) =
                    (tiny.Steps, tiny.PromptsPerStep, tiny.GroupSize, tiny.Seed, tiny.Sampling, tiny.Optimizer);
            });
            compose(mel);
        });
        return services;
    }

    private sealed class ToyLanguage : IExperienceLanguage
    {
        private readonly ToyExperienceLanguage _toy = new();

        public string ExtractionPrompt(Prompt prompt, Trajectory incorrect, Trajectory correct) => _toy.ExtractionPrompt(prompt, incorrect, correct);

        public ExperienceParse Parse(string text) => _toy.Parse(text);

        public string ReplayPrompt(Prompt prompt, string experience) => _toy.ReplayPrompt(prompt, experience);

        public string RecallPrompt(string experience, ExperienceSections sections) => _toy.RecallPrompt(experience, sections);
    }

    private sealed class Own : IExperienceExtractor
    {
        public Task<ExtractionResult> ExtractAsync(ExtractionRequest request, CancellationToken cancellationToken = default)
            => Task.FromResult(ExtractionResult.Empty);
    }
}
