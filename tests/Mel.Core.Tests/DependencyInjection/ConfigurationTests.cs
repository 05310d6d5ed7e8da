using Mel.Algorithms;
using Mel.Core.Tests.Training;
using Mel.Experiences;
using Mel.Losses;
using Mel.Objectives;
using Mel.Training;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Mel.Core.Tests.DependencyInjection;

/// <summary>Options come from configuration by name, and a name that nothing has is refused.</summary>
[TestFixture]
public sealed class ConfigurationTests
{
    [Test]
    public void Configure_KnownKeys_AreBoundAtEveryLevel()
    {
        using ServiceProvider provider = Services(
            ("Trainer:Steps", "12"), ("Trainer:Seed", "18446744073709551615"), ("Trainer:ReportTermGradients", "true"), ("trainer:sampling:maxtokens", "77"),
            ("Trainer:Optimizer:LearningRate", "3e-5"), ("Trainer:Optimizer:Schedule", "cosine"), ("Trainer:CheckpointFolder", "here"),
            ("ClippedSurrogate:DualClip", "3"), ("ClippedSurrogate:MaxLogRatio", ""), ("ClippedSurrogate:SamplerCorrection:Max", "4"),
            ("ClippedSurrogate:Aggregation", "SequenceMeanTokenMean"), ("MetaExperience:Weight", "0.5"), ("Experience:ReplayMaxTokens", "9")).BuildServiceProvider();

        Value<TrainerOptions>(provider).Should().BeEquivalentTo(new
        {
            Steps = 12, Seed = ulong.MaxValue, ReportTermGradients = true, Sampling = new { MaxTokens = 77, Temperature = 1.0 },
            Optimizer = new { LearningRate = 3e-5, Schedule = LearningRateSchedule.Cosine }, CheckpointFolder = "here",
        });
        Value<ClippedSurrogateOptions>(provider).Should().BeEquivalentTo(new
        {
            DualClip = 3.0, MaxLogRatio = (double?)null, SamplerCorrection = new { Max = 4.0 }, Aggregation = Aggregation.SequenceMeanTokenMean,
        });
        Value<MetaExperienceOptions>(provider).Weight.Should().Be(0.5);
        Value<ExperienceOptions>(provider).ReplayMaxTokens.Should().Be(9);
    }

    [Test]
    public void Configure_UnknownKeysAndValuesThatCannotBeRead_AreNamedAtOnce()
        => FluentActions.Invoking(() => Services(
                ("Trainr:Steps", "1"), ("Trainer:Stepz", "1"), ("Trainer:Optimizer:LerningRate", "1e-6"), ("Trainer:Sampling:Truncates", "true"),
                ("ClippedSurrogate:SamplerCorrection:Maximum", "2"), ("Trainer:Epochs", "many"), ("Trainer:GroupSize:Size", "8"), ("Trainer:OldLogProbs", "Old"),
                ("MetaExperience", "on")))
            .Should().Throw<InvalidOperationException>().Which.Message.Split('\n').Should().BeEquivalentTo(
            [
                "'Mel:Trainr' is no section of a run; known are Trainer, ClippedSurrogate, Cispo, PolicyObjective, GroupRelativeAdvantage, LeaveOneOutAdvantage, "
                    + "BatchNormalizedAdvantage, CorrectOnlySelection, OverlongPenalty, MetaExperience, Experience, PeriodicEvaluation, BestCheckpoint, StepCheckpoints, "
                    + "EarlyStop, RunRecords, ExperienceMemory.",
                $"'Mel:Trainer:Stepz' is no setting; known are {Names<TrainerOptions>()}.",
                $"'Mel:Trainer:Optimizer:LerningRate' is no setting; known are {Names<OptimizerOptions>()}.",
                "'Mel:Trainer:Sampling:Truncates' is no setting; known are Temperature, TopK, TopP, MinP, MaxTokens.",
                "'Mel:ClippedSurrogate:SamplerCorrection:Maximum' is no setting; known are Level, Rule, Min, Max, GeometricMean.",
                "'Mel:Trainer:Epochs' is 'many', expected a whole number (Int32).",
                "'Mel:Trainer:GroupSize' is a section, expected a whole number (Int32).",
                "'Mel:Trainer:OldLogProbs' is 'Old', expected one of Auto, Recorded, Recomputed.",
                "'Mel:MetaExperience' is 'on', expected a section.",
            ]);

    [Test]
    public void Configure_LongKeyAndValue_AreShownShortened()
        => FluentActions.Invoking(() => Services((new string('k', 100_000), "1"), ("Trainer:Steps", new string('9', 100_000)))).Should()
            .Throw<InvalidOperationException>().Which.Message.Length.Should().BeLessThan(600);

    [Test]
    public void Configure_SectionOfOptionsThatTheAlgorithmDoesNotRead_IsRefused()
    {
        using ServiceProvider provider = Services(("Cispo:MaxWeight", "4")).BuildServiceProvider();

        FluentActions.Invoking(() => provider.GetRequiredService<Algorithm>()).Should().Throw<InvalidOperationException>()
            .WithMessage("CispoOptions are configured, but nothing in the picked algorithm reads them;*");
    }

    private static string Names<TOptions>() => string.Join(", ", typeof(TOptions).GetProperties().Where(p => p.CanWrite).Select(p => p.Name));

    private static TOptions Value<TOptions>(ServiceProvider provider)
        where TOptions : class
        => provider.GetRequiredService<IOptions<TOptions>>().Value;

    private static IServiceCollection Services(params (string Key, string Value)[] settings)
    {
        IConfiguration configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(s => KeyValuePair.Create("Mel:" + s.Key, (string?)s.Value))).Build();
        return new ServiceCollection().AddMel(mel => mel
            .Configure(configuration.GetSection("Mel")).UsePolicy(_ => TinyRun.Policy()).UseVerifier(TinyRun.Judge).UseGrpo().WithMetaExperience());
    }
}
