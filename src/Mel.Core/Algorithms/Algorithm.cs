using Mel.Advantages;
using Mel.Experiences;
using Mel.Memory;
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
    private bool Remembers { get; init; }

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
    /// <exception cref="InvalidOperationException">Another extractor is asked for, and the algorithm has one that remembers.</exception>
    public Algorithm WithMetaExperience(MetaExperienceOptions? term = null, ExperienceOptions? extraction = null, IExperienceLanguage? language = null)
    {
        if (Remembers && (extraction is not null || language is not null))
            throw new InvalidOperationException(
                $"The extractor would take the place of the one that remembers. Call {nameof(WithMetaExperience)} first, then {nameof(WithExperienceMemory)}.");
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
    /// The same algorithm with a memory of heuristics: every experience votes, and what enough of them agree on is rehearsed in every step, after its cue
    /// alone. Each run has a memory of its own.
    /// </summary>
    /// <param name="memory">Votes, bounds, ageing and strength; the defaults where null.</param>
    /// <param name="extraction">
    /// How experiences are extracted. Null takes the recipe of <see cref="ExperienceMemory.Extraction"/>, or keeps the extractor the algorithm has.
    /// </param>
    /// <param name="language">Prompts, parser and claims; the paper's where null.</param>
    /// <param name="resolver">
    /// Makes what brings claims of other words together, for each run, for instance <c>() => new ClaimClusters()</c>; where null, claims are the same where
    /// their words are.
    /// </param>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">An option is out of its range.</exception>
    public Algorithm WithExperienceMemory(
        ExperienceMemoryOptions? memory = null, ExperienceOptions? extraction = null, IExperienceLanguage? language = null,
        Func<IClaimResolver>? resolver = null)
    {
        ExperienceMemoryOptions options = OptionRules.Checked(memory, new ExperienceMemoryOptionsValidator());
        ExperienceSource inner = Extraction(extraction, language);
        return this with
        {
            Name = Name + "+memory",
            Remembers = true,
            Objective = new RehearsalObjective(Objective, new TermScaling(options.Scaling, options.Weight), RehearsalMean.Counted),
            Experiences = (sampler, verifier, time)
                => new RememberingExtractor(inner(sampler, verifier, time), sampler, new ExperienceMemory(options), language, resolver?.Invoke()),
        };
    }

    /// <summary>
    /// The same algorithm with a buffer of heuristics or of right attempts, some of which are rehearsed in every step: a control for the memory, without keys
    /// and votes. Each run has a buffer of its own.
    /// </summary>
    /// <param name="buffer">Content, bounds and strength; the defaults where null.</param>
    /// <param name="extraction">
    /// How experiences are extracted. Null takes the recipe of <see cref="ExperienceMemory.Extraction"/>, or keeps the extractor the algorithm has. A buffer
    /// of right attempts extracts none.
    /// </param>
    /// <param name="language">Prompts and parser; the paper's where null.</param>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">An option is out of its range.</exception>
    public Algorithm WithRehearsalBuffer(
        RehearsalBufferOptions? buffer = null, ExperienceOptions? extraction = null, IExperienceLanguage? language = null)
    {
        RehearsalBufferOptions options = OptionRules.Checked(buffer, new RehearsalBufferOptionsValidator());
        ExperienceSource inner = options.Content == BufferContent.CorrectAttempts
            ? Experiences ?? ((_, _, _) => ExperienceExtractor.None)
            : Extraction(extraction, language);
        return this with
        {
            Name = Name + "+buffer",
            Remembers = true,
            Objective = new RehearsalObjective(Objective, new TermScaling(options.Scaling, options.Weight)),
            Experiences = (sampler, verifier, time) => new BufferingExtractor(inner(sampler, verifier, time), new RehearsalBuffer(options)),
        };
    }

    /// <summary>
    /// The same algorithm with further attempts in its groups: <see cref="GuidedAttempts"/>, <see cref="GivenSolutions"/>, or an extractor of one's own.
    /// </summary>
    /// <param name="join">Makes a decorator of an extractor, of the run's sampler and of its verifier.</param>
    public Algorithm WithJoiningAttempts(Func<IExperienceExtractor, ISampler, IVerifier, IExperienceExtractor> join)
    {
        ArgumentNullException.ThrowIfNull(join);
        ExperienceSource inner = Experiences ?? ((_, _, _) => ExperienceExtractor.None);
        return this with
        {
            Name = Name + "+joining",
            Objective = new RehearsalObjective(Objective),
            Experiences = (sampler, verifier, time) => join(inner(sampler, verifier, time), sampler, verifier),
        };
    }

    /// <summary>The same algorithm with every advantage below 0 replaced by 0.</summary>
    public Algorithm WithPositiveOnly() => this with { Name = Name + "+positive", Advantages = new PositiveOnlyAdvantage(Advantages) };

    /// <summary>
    /// The same algorithm with a penalty on divergence from the reference in the reward, token by token (k1); the run needs a reference policy.
    /// </summary>
    /// <param name="coefficient">beta: what a nat costs, at least 0.</param>
    public Algorithm WithKlInReward(double coefficient) => this with { Name = Name + "+kl", Advantages = new KlPenalizedAdvantage(Advantages, coefficient) };

    /// <summary>The extractor that the algorithm has where nothing else is said; otherwise one of the given settings, or of the recipe.</summary>
    private ExperienceSource Extraction(ExperienceOptions? extraction, IExperienceLanguage? language)
    {
        if (Experiences is { } own && extraction is null) return own;
        ExperienceOptions read = OptionRules.Checked(extraction ?? ExperienceMemory.Extraction(), new ExperienceOptionsValidator());
        return (sampler, verifier, time) => ExperienceExtractor.Create(sampler, verifier, language, read, time);
    }

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
