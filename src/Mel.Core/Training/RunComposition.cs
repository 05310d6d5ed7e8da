using Mel.Advantages;
using Mel.Algorithms;
using Mel.Experiences;
using Mel.Rollouts;
using Mel.Runtime;
using Microsoft.Extensions.Options;

namespace Mel.Training;

/// <summary>Holds the parts of a run against each other before anything is sampled. What is wrong is collected and said at once.</summary>
/// <param name="algorithm">What is learned and how.</param>
/// <param name="options">The shape of the run, not yet checked.</param>
internal sealed class RunComposition(Algorithm algorithm, TrainerOptions options)
{
    private readonly List<string> _broken = [.. new TrainerOptionsValidator().Validate(null, options).Failures ?? []];
    private readonly List<string> _problems = [];

    private RolloutNeeds Needs => algorithm.Advantages.Needs | algorithm.Objective.Needs;

    /// <summary>What can be said before there is a model.</summary>
    /// <param name="hasReference">Whether the run has a reference policy.</param>
    public RunComposition CheckAlgorithm(bool hasReference)
    {
        RequireGroups(algorithm.Advantages.MinimumGroupSize, algorithm.Advantages, "estimator");
        if (algorithm.Filter is { } filter) RequireGroups(filter.MinimumGroupSize, filter, "filter");
        bool learns = Needs.HasFlag(RolloutNeeds.Experiences), extracts = algorithm.Experiences is not null;
        Require(!learns || extracts,
            "learns from meta-experiences, but nothing extracts any; "
            + $"make it with {nameof(Algorithm.WithMetaExperience)}, or set {nameof(Algorithm.Experiences)}");
        Require(learns || !extracts,
            "extracts meta-experiences that nothing learns from; "
            + $"make it with {nameof(Algorithm.WithMetaExperience)}, or leave {nameof(Algorithm.Experiences)} out");
        Require(!Needs.HasFlag(RolloutNeeds.ReferenceLogProbs) || hasReference,
            $"has a divergence term, but there is no policy to diverge from; set {nameof(TrainerParts)}.{nameof(TrainerParts.Reference)}");
        Require(!Needs.HasFlag(RolloutNeeds.PolicyLogProbs) || options.OldLogProbs != OldLogProbs.Recorded,
            "corrects for the sampler's probabilities, which needs the policy's own beside them; "
            + $"leave {nameof(TrainerOptions.OldLogProbs)} at {nameof(OldLogProbs.Auto)}");
        Ask(algorithm.Describe);
        return this;
    }

    /// <summary>What the parts around the algorithm add.</summary>
    public RunComposition CheckParts(IPolicy policy, IPolicy? reference, IExperienceExtractor? extractor)
    {
        if (reference is not null && SharedParameters.With(policy, reference) is { } shared)
            _problems.Add(
                $"The reference policy {shared}: it moves with every update, and the divergence from it stays 0. Give a frozen copy of the model, or train "
                + "adapters and take the model without them.");
        Require(algorithm.Experiences is null || extractor is not null, $"has {nameof(Algorithm.Experiences)} that made no extractor; return one");
        if (extractor is not null) Ask(identity => identity.Add("experiences", extractor));
        return this;
    }

    /// <exception cref="OptionsValidationException">An option is out of its range; the message lists what else is wrong, too.</exception>
    /// <exception cref="RunCompositionException">The options are right, and the parts do not fit together.</exception>
    public void ThrowIfWrong()
    {
        if (_broken.Count > 0) throw new OptionsValidationException(nameof(TrainerOptions), typeof(TrainerOptions), [.. _broken, .. _problems]);
        if (_problems.Count > 0) throw new RunCompositionException(_problems);
    }

    private void RequireGroups(int minimum, object part, string kind)
    {
        if (options.GroupSize >= 1 && options.GroupSize < minimum)
            _broken.Add(
                $"{nameof(TrainerOptions.GroupSize)} must be at least {minimum} with {part.GetType().Name}, got {options.GroupSize}: a lone trajectory has no "
                + $"group to be compared with. Raise the group size or choose another {kind}.");
    }

    private void Require(bool holds, string otherwise)
    {
        if (!holds) _problems.Add($"The algorithm '{algorithm.Name}' {otherwise}.");
    }

    /// <summary>Asks every part that a description names for its demands.</summary>
    private void Ask(Action<RunIdentity> describe)
    {
        if (options.Sampling is null) return;
        RunShape run = new(options.GroupSize, options.Sampling);
        RunIdentity identity = new();
        describe(identity);
        foreach ((string place, object part) in identity.Parts)
        {
            if (part is IRunDemands demands) _problems.AddRange(demands.Unmet(run).Select(unmet => $"{place} ({part.GetType().Name}): {unmet}"));
        }
    }
}
