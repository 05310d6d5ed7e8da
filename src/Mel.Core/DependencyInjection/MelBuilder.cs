using System.Diagnostics.CodeAnalysis;
using System.Diagnostics.Metrics;
using Mel.Advantages;
using Mel.Algorithms;
using Mel.Experiences;
using Mel.Memory;
using Mel.Objectives;
using Mel.Rewards;
using Mel.Rollouts;
using Mel.Training;
using Mel.Verification;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>
/// Composes a training run: a <c>Use</c> verb picks a part, a <c>With</c> verb wraps what was picked. It only registers; the graph is the one the constructors
/// give. The algorithm is a service of its own, <see cref="Algorithm"/>; estimator, objective, extractor, shaper and filter that the application registered
/// take their places in it.
/// </summary>
public sealed partial class MelBuilder
{
    /// <summary>Key of the frozen reference policy, for divergence terms.</summary>
    public const string ReferencePolicyKey = "mel.reference";

    private const string ExperienceLoop = "experience loop", ExperienceMemoryLoop = "experience memory";

    private readonly List<Func<IServiceProvider, Algorithm, Algorithm>> _decorators = [];
    private readonly HashSet<string> _used = new(StringComparer.Ordinal);
    private Func<IServiceProvider, Algorithm>? _algorithm;
    private bool _readsOptions;

    internal MelBuilder(IServiceCollection services) => Services = services;

    /// <summary>The container.</summary>
    public IServiceCollection Services { get; }

    /// <summary>Registers the policy; it also samples.</summary>
    /// <typeparam name="TPolicy">Made by the container, once.</typeparam>
    public MelBuilder UsePolicy<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TPolicy>()
        where TPolicy : class, IPolicy
        => Used("a policy", () => Services.TryAddSingleton<IPolicy, TPolicy>());

    /// <summary>Registers a policy made by a function.</summary>
    /// <param name="create">Called once; the container disposes what it returns.</param>
    public MelBuilder UsePolicy(Func<IServiceProvider, IPolicy> create)
    {
        ArgumentNullException.ThrowIfNull(create);
        return Used("a policy", () => Services.TryAddSingleton(create));
    }

    /// <summary>Registers the frozen reference policy, for divergence terms.</summary>
    /// <param name="create">Called once; the container disposes what it returns.</param>
    public MelBuilder UseReference(Func<IServiceProvider, IPolicy> create)
    {
        ArgumentNullException.ThrowIfNull(create);
        return Used("a reference", () => Services.TryAddKeyedSingleton(ReferencePolicyKey, (provider, _) => create(provider)));
    }

    /// <summary>Registers the verifier.</summary>
    /// <typeparam name="TVerifier">Made by the container, once.</typeparam>
    public MelBuilder UseVerifier<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TVerifier>()
        where TVerifier : class, IVerifier
        => Used("a verifier", () => Services.TryAddSingleton<IVerifier, TVerifier>());

    /// <summary>Registers a verifier.</summary>
    /// <param name="verifier">The verifier.</param>
    public MelBuilder UseVerifier(IVerifier verifier)
    {
        ArgumentNullException.ThrowIfNull(verifier);
        return Used("a verifier", () => Services.TryAddSingleton(verifier));
    }

    /// <summary>Registers the prompts and parser of meta-experiences; without it those of the paper are used.</summary>
    /// <typeparam name="TLanguage">Made by the container, once.</typeparam>
    public MelBuilder UseExperienceLanguage<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TLanguage>()
        where TLanguage : class, IExperienceLanguage
        => Used("an experience language", () => Services.TryAddSingleton<IExperienceLanguage, TLanguage>());

    /// <summary>Sets the shape of the run.</summary>
    /// <param name="configure">Changes the options; <c>Services.Configure&lt;TrainerOptions&gt;(section)</c> binds them from configuration as well.</param>
    public MelBuilder ConfigureTrainer(Action<TrainerOptions> configure)
    {
        Services.Configure(configure);
        return this;
    }

    /// <summary>Picks an algorithm.</summary>
    /// <param name="algorithm">Estimator, objective, experiences, shaper and filter.</param>
    public MelBuilder UseAlgorithm(Algorithm algorithm)
    {
        ArgumentNullException.ThrowIfNull(algorithm);
        return Pick(_ => algorithm);
    }

    /// <summary>Picks an algorithm made by a function.</summary>
    /// <param name="create">Called once.</param>
    public MelBuilder UseAlgorithm(Func<IServiceProvider, Algorithm> create)
    {
        _readsOptions = true;
        return Pick(create);
    }

    /// <summary>
    /// Adds the meta-experience loop: experiences are extracted, proven by replay, and internalized beside the objective picked before (Eq. 2-10).
    /// </summary>
    /// <param name="configure">How experiences are internalized.</param>
    /// <param name="extraction">How they are extracted and proven.</param>
    /// <exception cref="InvalidOperationException">The loop was added before, or no algorithm was picked.</exception>
    public MelBuilder WithMetaExperience(Action<MetaExperienceOptions>? configure = null, Action<ExperienceOptions>? extraction = null)
    {
        if (!_used.Add(ExperienceLoop))
            throw new InvalidOperationException(
                $"{nameof(WithMetaExperience)} was called twice, and every experience would be learned twice. Remove one of the calls; for a second term of "
                + $"other settings put a {nameof(MetaExperienceObjective)} around the objective by {nameof(WithObjective)}.");
        if (_used.Contains(ExperienceMemoryLoop))
            throw new InvalidOperationException($"{nameof(WithMetaExperience)} was called after {nameof(WithExperienceMemory)}; call it before.");
        Configured(configure, new MetaExperienceOptionsValidator());
        Configured(extraction, new ExperienceOptionsValidator());
        return With((provider, algorithm) =>
        {
            MetaExperienceOptions term = provider.GetRequiredService<IOptions<MetaExperienceOptions>>().Value;
            return provider.GetService<IExperienceExtractor>() is not null
                ? algorithm.WithMetaExperience(term)
                : algorithm.WithMetaExperience(
                    term, provider.GetRequiredService<IOptions<ExperienceOptions>>().Value, provider.GetRequiredService<IExperienceLanguage>());
        });
    }

    /// <summary>
    /// Adds a memory of heuristics: every experience votes, and what enough of them agree on is rehearsed in every step. Without
    /// <see cref="WithMetaExperience"/> before it, experiences are extracted as <see cref="ExperienceMemory.Extraction"/> has it, and only remembered. An
    /// <see cref="IClaimResolver"/> of the container brings claims of other words together.
    /// </summary>
    /// <param name="configure">Votes, bounds, ageing and strength.</param>
    /// <param name="extraction">How experiences are extracted.</param>
    /// <exception cref="InvalidOperationException">The memory was added before, or no algorithm was picked.</exception>
    public MelBuilder WithExperienceMemory(Action<ExperienceMemoryOptions>? configure = null, Action<ExperienceOptions>? extraction = null)
    {
        if (!_used.Add(ExperienceMemoryLoop))
            throw new InvalidOperationException($"{nameof(WithExperienceMemory)} was called twice, and every experience would vote twice. Remove one call.");
        Configured(configure, new ExperienceMemoryOptionsValidator());
        Configured(extraction, new ExperienceOptionsValidator());
        return With((provider, algorithm) =>
        {
            ExperienceOptions recipe = ExperienceMemory.Extraction();
            Apply(provider, recipe);
            return algorithm.WithExperienceMemory(
                provider.GetRequiredService<IOptions<ExperienceMemoryOptions>>().Value, algorithm.Experiences is null ? recipe : null,
                provider.GetRequiredService<IExperienceLanguage>(), provider.GetService<IClaimResolver>() is { } resolver ? () => resolver : null);
        });
    }

    /// <summary>Wraps the objective picked so far; the last wrapper is the outermost.</summary>
    /// <param name="decorate">Returns an objective around the one it is given.</param>
    public MelBuilder WithObjective(Func<IServiceProvider, IObjective, IObjective> decorate)
    {
        ArgumentNullException.ThrowIfNull(decorate);
        return With((provider, algorithm) => algorithm with { Objective = decorate(provider, algorithm.Objective) });
    }

    /// <summary>Lets a service go along with the run. Services are called in the order in which they were added.</summary>
    /// <typeparam name="TService">Made by the container, once.</typeparam>
    public MelBuilder WithService<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TService>()
        where TService : class, IRunService
    {
        AddOnce<TService>();
        Services.AddSingleton<IRunService, TService>();
        return this;
    }

    private MelBuilder Pick(Func<IServiceProvider, Algorithm> create)
    {
        ArgumentNullException.ThrowIfNull(create);
        if (_decorators.Count > 0)
            throw new InvalidOperationException("A Use verb after a With verb would leave the wrapper around nothing; pick the algorithm first, then wrap it.");
        if (_algorithm is not null) throw new InvalidOperationException("Two algorithms were picked; a run has one. Remove one of the Use verbs.");
        _algorithm = create;
        return this;
    }

    internal void Complete()
    {
        if (_algorithm is not { } create)
            throw new InvalidOperationException("No algorithm was picked; call UseGrpo, UseReinforcePlusPlus, UseRft or UseAlgorithm.");
        if (_used.Contains(ExperienceLoop) || _used.Contains(ExperienceMemoryLoop)) Services.TryAddSingleton<IExperienceLanguage, PaperExperienceLanguage>();
        Services.TryAddSingleton(provider =>
        {
            Require(Contradictions());
            return _decorators.Aggregate(Registered(provider, create(provider)), (inner, decorate) => decorate(provider, inner));
        });
        Services.TryAddSingleton(CreateTrainer);
    }

    /// <summary>Makes the trainer. What can be refused without the model is refused before the model is loaded.</summary>
    private Trainer CreateTrainer(IServiceProvider provider)
    {
        Require([.. Missing(), .. Contradictions()]);
        TrainerOptions options = provider.GetRequiredService<IOptions<TrainerOptions>>().Value;
        Algorithm algorithm = provider.GetRequiredService<Algorithm>();
        bool hasReference = Services.Any(s => s.IsKeyedService && s.ServiceType == typeof(IPolicy) && Equals(s.ServiceKey, ReferencePolicyKey));
        new RunComposition(algorithm, options).CheckAlgorithm(hasReference).ThrowIfWrong();
        return new Trainer(provider.GetRequiredService<IPolicy>(), provider.GetRequiredService<IVerifier>(), algorithm, options, new TrainerParts
        {
            Sampler = provider.GetService<ISampler>(),
            Reference = provider.GetKeyedService<IPolicy>(ReferencePolicyKey),
            Services = [.. provider.GetServices<IRunService>()],
            Logger = provider.GetService<ILogger<Trainer>>(),
            Time = provider.GetService<TimeProvider>() ?? TimeProvider.System,
            Meters = provider.GetService<IMeterFactory>(),
        });
    }

    /// <summary>The algorithm with the parts that the application registered in the place of its own.</summary>
    private static Algorithm Registered(IServiceProvider provider, Algorithm algorithm) => algorithm with
    {
        Advantages = provider.GetService<IAdvantageEstimator>() ?? algorithm.Advantages,
        Objective = provider.GetService<IObjective>() ?? algorithm.Objective,
        Shaper = provider.GetService<IRewardShaper>() ?? algorithm.Shaper,
        Filter = provider.GetService<IGroupFilter>() ?? algorithm.Filter,
        Experiences = provider.GetService<IExperienceExtractor>() is { } extractor ? (_, _, _) => extractor : algorithm.Experiences,
    };

    private MelBuilder With(Func<IServiceProvider, Algorithm, Algorithm> decorate)
    {
        if (_algorithm is null)
            throw new InvalidOperationException(
                "A With verb wraps the objective picked before it, but none was picked; call UseGrpo, UseReinforcePlusPlus, UseRft or UseAlgorithm first.");
        _decorators.Add(decorate);
        return this;
    }

    private MelBuilder Used(string part, Action register)
    {
        if (!_used.Add(part)) throw new InvalidOperationException($"Two Use verbs pick {part}; a run has one. Remove one of them.");
        register();
        return this;
    }

    private void Configured<TOptions>(Action<TOptions>? configure, IValidateOptions<TOptions> validator)
        where TOptions : class
    {
        _configured.Add(typeof(TOptions));
        Services.AddOptions<TOptions>().Configure(configure ?? (_ => { })).ValidateOnStart();
        Services.TryAddEnumerable(ServiceDescriptor.Singleton(validator));
    }
}
