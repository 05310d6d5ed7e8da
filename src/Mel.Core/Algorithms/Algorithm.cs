using Mel.Advantages;
using Mel.Experiences;
using Mel.Objectives;
using Mel.Rewards;
using Mel.Rollouts;
using Mel.Runtime;
using Mel.Verification;

namespace Mel.Algorithms;

/// <summary>A choice of an advantage estimator, an objective and, where the algorithm has them, experiences, a reward shaper and a group filter.</summary>
/// <param name="Name">Its name in the field, lower case.</param>
/// <param name="Advantages">Turns rewards into advantages.</param>
/// <param name="Objective">What is minimized.</param>
public sealed partial record Algorithm(string Name, IAdvantageEstimator Advantages, IObjective Objective) : IRunPart
{
    /// <summary>Makes the extractor of meta-experiences; null for plain reinforcement learning.</summary>
    public ExperienceSource? Experiences { get; init; }

    /// <summary>Changes rewards before advantages are estimated; null for none.</summary>
    public IRewardShaper? Shaper { get; init; }

    /// <summary>Decides which groups train; null keeps all.</summary>
    public IGroupFilter? Filter { get; init; }

    /// <summary>
    /// The same algorithm with the meta-experience loop: the term in its objective (Eq. 9), and the extractor that writes and proves experiences (Eq. 2-6).
    /// </summary>
    /// <param name="term">How experiences are internalized; the paper's defaults where null.</param>
    /// <param name="extraction">How experiences are extracted and proven. Null takes the defaults, or keeps the extractor the algorithm has.</param>
    /// <param name="language">Prompts and parser. Null takes the paper's, or keeps the extractor the algorithm has.</param>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">An option is out of its range.</exception>
    public Algorithm WithMetaExperience(MetaExperienceOptions? term = null, ExperienceOptions? extraction = null, IExperienceLanguage? language = null)
    {
        bool keeps = Experiences is not null && extraction is null && language is null;
        ExperienceOptions read = OptionRules.Checked(extraction, new ExperienceOptionsValidator());
        return this with
        {
            Name = Name + "+me",
            Objective = new MetaExperienceObjective(Objective, term),
            Experiences = keeps ? Experiences : (sampler, verifier, time) => ExperienceExtractor.Create(sampler, verifier, language, read, time),
        };
    }

    /// <summary>
    /// The same algorithm with a penalty on divergence from the reference in the reward, token by token (k1); the run needs a reference policy.
    /// </summary>
    /// <param name="coefficient">beta: what a nat costs, at least 0.</param>
    public Algorithm WithKlInReward(double coefficient) => this with { Name = Name + "+kl", Advantages = new KlPenalizedAdvantage(Advantages, coefficient) };

    /// <inheritdoc/>
    public void Describe(RunIdentity identity)
    {
        ArgumentNullException.ThrowIfNull(identity);
        identity.Add("advantages", Advantages);
        identity.Add("objective", Objective);
        identity.Add("shaper", Shaper);
        identity.Add("filter", Filter);
    }
}

/// <summary>Makes the extractor of a run.</summary>
/// <param name="sampler">Writes experiences and makes the replays.</param>
/// <param name="verifier">The verifier of the run.</param>
/// <param name="time">Clock for durations.</param>
public delegate IExperienceExtractor ExperienceSource(ISampler sampler, IVerifier verifier, TimeProvider time);
