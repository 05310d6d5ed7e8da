using Mel.Advantages;
using Mel.Experiences;
using Mel.Memory;
using Mel.Objectives;
using Mel.Rewards;
using Mel.Services;
using Mel.Training;
using Microsoft.Extensions.Configuration;

namespace Microsoft.Extensions.DependencyInjection;

/// <content>Options from configuration.</content>
public sealed partial class MelBuilder
{
    /// <summary>The sections of a configuration by name, which is that of the options class without its ending.</summary>
    private static readonly Dictionary<string, (Type Options, Action<MelBuilder, IConfigurationSection, List<string>> Bind)> Sections = new[]
    {
        Section<TrainerOptions>(), Section<ClippedSurrogateOptions>(), Section<CispoOptions>(), Section<PolicyObjectiveOptions>(),
        Section<GroupRelativeAdvantageOptions>(), Section<LeaveOneOutAdvantageOptions>(), Section<BatchNormalizedAdvantageOptions>(),
        Section<CorrectOnlySelectionOptions>(), Section<OverlongPenaltyOptions>(), Section<MetaExperienceOptions>(), Section<ExperienceOptions>(),
        Section<PeriodicEvaluationOptions>(), Section<BestCheckpointOptions>(), Section<StepCheckpointsOptions>(), Section<EarlyStopOptions>(),
        Section<RunRecordsOptions>(), Section<ExperienceMemoryOptions>(),
    }.ToDictionary(s => s.Options.Name[..^"Options".Length], StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// Binds options from configuration, and refuses what it does not know. The section of an options class has its name without the ending, for instance
    /// <c>Trainer</c> or <c>ClippedSurrogate</c>; the keys in it are the names of the properties.
    /// </summary>
    /// <remarks>
    /// <c>Services.Configure&lt;TrainerOptions&gt;(section)</c> binds one class as well, but passes over a key that it does not know: a run with
    /// <c>Stepz</c> in its configuration takes the default number of steps.
    /// </remarks>
    /// <param name="configuration">The section of the run, for instance <c>configuration.GetSection("Mel")</c>.</param>
    /// <exception cref="InvalidOperationException">A section or key is unknown, or a value cannot be read; the message lists all that are.</exception>
    public MelBuilder Configure(IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        List<string> problems = [];
        foreach (IConfigurationSection section in configuration.GetChildren())
        {
            if (Sections.TryGetValue(section.Key, out var known)) known.Bind(this, section, problems);
            else problems.Add($"'{SectionBinder.Shown(section.Path)}' is no section of a run; known are {string.Join(", ", Sections.Keys)}.");
        }

        Require(problems);
        return this;
    }

    private static (Type Options, Action<MelBuilder, IConfigurationSection, List<string>> Bind) Section<TOptions>()
        where TOptions : class, new()
        => (typeof(TOptions), (mel, section, problems) =>
        {
            // Tried at once, so that what is wrong is said before anything is built; set when the options are made, in the order of registration.
            SectionBinder.Bind(new TOptions(), section, problems);
            mel.Services.Configure<TOptions>(options =>
            {
                List<string> late = [];
                SectionBinder.Bind(options, section, late);
                Require(late);
            });
        });
}
