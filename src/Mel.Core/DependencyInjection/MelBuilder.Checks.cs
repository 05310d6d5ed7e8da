using Mel.Advantages;
using Mel.Experiences;
using Mel.Objectives;
using Mel.Rewards;
using Mel.Rollouts;
using Mel.Training;
using Mel.Verification;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <content>What a container must hold for a run, and what it must not.</content>
public sealed partial class MelBuilder
{
    /// <summary>Parts of which a run has one. A container would hand out the last of several and say nothing.</summary>
    private static readonly Type[] Parts =
    [
        typeof(IPolicy), typeof(ISampler), typeof(IVerifier), typeof(IAdvantageEstimator), typeof(IObjective), typeof(IRewardShaper), typeof(IGroupFilter),
        typeof(IExperienceExtractor), typeof(IExperienceLanguage),
    ];

    /// <summary>Parts that may read options of their own when the application registers them.</summary>
    private static readonly Type[] Readers =
    [
        typeof(IAdvantageEstimator), typeof(IObjective), typeof(IRewardShaper), typeof(IGroupFilter), typeof(IExperienceExtractor),
    ];

    private readonly HashSet<Type> _configured = [];

    private IEnumerable<string> Missing()
    {
        if (CountOf(typeof(IPolicy)) == 0) yield return $"No policy is registered; call {nameof(UsePolicy)}.";
        if (CountOf(typeof(IVerifier)) == 0) yield return $"No verifier is registered; call {nameof(UseVerifier)}.";
    }

    private IReadOnlyList<string> Contradictions() =>
    [
        .. Parts.Where(part => CountOf(part) > 1).Select(part =>
            $"{part.Name} is registered {CountOf(part)} times; a run has one. Remove the others, or join them in one implementation."),
        .. Unused().Select(type =>
            $"{type.Name} are configured, but nothing in the picked algorithm reads them; configure the options of the algorithm, or pick another one."),
    ];

    /// <summary>Options of parts that somebody configured and the picked algorithm does not have.</summary>
    private IEnumerable<Type> Unused() => _readsOptions || Readers.Any(part => CountOf(part) > 0)
        ? []
        : Sections.Values.Select(s => s.Options).Where(type => type != typeof(TrainerOptions) && !_configured.Contains(type) && IsConfigured(type));

    private bool IsConfigured(Type options) => Services.Any(s =>
        s.ServiceType.IsConstructedGenericType && s.ServiceType.GenericTypeArguments[0] == options
        && (s.ServiceType.GetGenericTypeDefinition() == typeof(IConfigureOptions<>)
            || s.ServiceType.GetGenericTypeDefinition() == typeof(IPostConfigureOptions<>)));

    private int CountOf(Type part) => Services.Count(s => !s.IsKeyedService && s.ServiceType == part);

    private static void Require(IReadOnlyList<string> problems)
    {
        if (problems.Count > 0) throw new InvalidOperationException(string.Join('\n', problems));
    }
}
