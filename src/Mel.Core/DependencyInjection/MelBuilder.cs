using System.Diagnostics.Metrics;
using Mel.Advantages;
using Mel.Algorithms;
using Mel.Experiences;
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
/// Composes a training run: a <c>Use</c> verb picks a part, a <c>With</c> verb wraps what was picked. It only registers; the graph is the one the constructors give.
/// </summary>
public sealed class MelBuilder
{
    /// <summary>Key of the frozen reference policy, for divergence terms: <c>services.AddKeyedSingleton&lt;IPolicy&gt;(MelBuilder.ReferencePolicyKey, ...)</c>.</summary>
    public const string ReferencePolicyKey = "mel.reference";

    private readonly List<Func<IServiceProvider, IObjective, IObjective>> _decorators = [];
    private Func<IServiceProvider, Algorithm>? _algorithm;

    internal MelBuilder(IServiceCollection services) => Services = services;

    /// <summary>The container.</summary>
    public IServiceCollection Services { get; }

    /// <summary>Registers the policy; it also samples.</summary>
    /// <typeparam name="TPolicy">Made by the container, once.</typeparam>
    public MelBuilder UsePolicy<TPolicy>()
        where TPolicy : class, IPolicy
    {
        Services.TryAddSingleton<IPolicy, TPolicy>();
        return this;
    }

    /// <summary>Registers a policy made by a function.</summary>
    /// <param name="create">Called once; the container disposes what it returns.</param>
    public MelBuilder UsePolicy(Func<IServiceProvider, IPolicy> create)
    {
        Services.TryAddSingleton(create ?? throw new ArgumentNullException(nameof(create)));
        return this;
    }

    /// <summary>Registers the verifier.</summary>
    /// <typeparam name="TVerifier">Made by the container, once.</typeparam>
    public MelBuilder UseVerifier<TVerifier>()
        where TVerifier : class, IVerifier
    {
        Services.TryAddSingleton<IVerifier, TVerifier>();
        return this;
    }

    /// <summary>Registers a verifier.</summary>
    /// <param name="verifier">The verifier.</param>
    public MelBuilder UseVerifier(IVerifier verifier)
    {
        Services.TryAddSingleton(verifier ?? throw new ArgumentNullException(nameof(verifier)));
        return this;
    }

    /// <summary>Registers the prompts and parser of meta-experiences; without it those of the paper are used.</summary>
    /// <typeparam name="TLanguage">Made by the container, once.</typeparam>
    public MelBuilder UseExperienceLanguage<TLanguage>()
        where TLanguage : class, IExperienceLanguage
    {
        Services.TryAddSingleton<IExperienceLanguage, TLanguage>();
        return this;
    }

    /// <summary>Sets the shape of the run.</summary>
    /// <param name="configure">Changes the options; <c>Services.Configure&lt;TrainerOptions&gt;(section)</c> binds them from configuration as well.</param>
    public MelBuilder ConfigureTrainer(Action<TrainerOptions> configure)
    {
        Services.Configure(configure);
        return this;
    }

    /// <summary>Picks GRPO.</summary>
    /// <param name="configure">Changes the objective's options.</param>
    public MelBuilder UseGrpo(Action<ClippedSurrogateOptions>? configure = null) => UseAlgorithm<ClippedSurrogateOptions>(Algorithm.Grpo, configure);

    /// <summary>Picks REINFORCE++.</summary>
    /// <param name="configure">Changes the objective's options.</param>
    public MelBuilder UseReinforcePlusPlus(Action<ClippedSurrogateOptions>? configure = null) => UseAlgorithm<ClippedSurrogateOptions>(Algorithm.ReinforcePlusPlus, configure);

    /// <summary>Picks rejection-sampling fine-tuning.</summary>
    /// <param name="configure">Changes the objective's options.</param>
    public MelBuilder UseRft(Action<PolicyObjectiveOptions>? configure = null) => UseAlgorithm<PolicyObjectiveOptions>(Algorithm.Rft, configure);

    /// <summary>Picks an algorithm.</summary>
    /// <param name="algorithm">Estimator, objective, shaper and filter.</param>
    public MelBuilder UseAlgorithm(Algorithm algorithm)
    {
        ArgumentNullException.ThrowIfNull(algorithm);
        return UseAlgorithm(_ => algorithm);
    }

    /// <summary>Adds the meta-experience loop: experiences are extracted, proven by replay, and internalized beside the objective picked before (Eq. 2-10).</summary>
    /// <param name="configure">How experiences are internalized.</param>
    /// <param name="extraction">How they are extracted and proven.</param>
    public MelBuilder WithMetaExperience(Action<MetaExperienceOptions>? configure = null, Action<ExperienceOptions>? extraction = null)
    {
        Services.AddOptions<MetaExperienceOptions>().Configure(configure ?? (_ => { })).ValidateOnStart();
        Services.AddOptions<ExperienceOptions>().Configure(extraction ?? (_ => { })).ValidateOnStart();
        Services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<MetaExperienceOptions>, MetaExperienceOptionsValidator>());
        Services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<ExperienceOptions>, ExperienceOptionsValidator>());
        Services.TryAddSingleton<IExperienceLanguage, PaperExperienceLanguage>();
        Services.TryAddSingleton(CreateExtractor);
        return WithObjective((provider, inner) => new MetaExperienceObjective(inner, provider.GetRequiredService<IOptions<MetaExperienceOptions>>().Value));
    }

    /// <summary>Wraps the objective picked so far; the last wrapper is the outermost.</summary>
    /// <param name="decorate">Returns an objective around the one it is given.</param>
    public MelBuilder WithObjective(Func<IServiceProvider, IObjective, IObjective> decorate)
    {
        ArgumentNullException.ThrowIfNull(decorate);
        if (_algorithm is null) throw new InvalidOperationException("A With verb wraps the objective picked before it, but none was picked; call UseGrpo, UseReinforcePlusPlus, UseRft or UseAlgorithm first.");
        _decorators.Add(decorate);
        return this;
    }

    internal void Complete()
    {
        if (_algorithm is not { } algorithm) throw new InvalidOperationException("No algorithm was picked; call UseGrpo, UseReinforcePlusPlus, UseRft or UseAlgorithm.");
        Services.TryAddSingleton(algorithm);
        Services.TryAddSingleton(provider => provider.GetRequiredService<Algorithm>().Advantages);
        Services.TryAddSingleton(provider => _decorators.Aggregate(provider.GetRequiredService<Algorithm>().Objective, (inner, decorate) => decorate(provider, inner)));
        Services.TryAddSingleton(provider => new Trainer(
            provider.GetRequiredService<IPolicy>(),
            provider.GetRequiredService<IVerifier>(),
            provider.GetRequiredService<IAdvantageEstimator>(),
            provider.GetRequiredService<IObjective>(),
            provider.GetService<IExperienceExtractor>(),
            provider.GetRequiredService<IOptions<TrainerOptions>>().Value,
            provider.GetService<ISampler>(),
            provider.GetKeyedService<IPolicy>(ReferencePolicyKey),
            provider.GetService<IRewardShaper>() ?? provider.GetRequiredService<Algorithm>().Shaper,
            provider.GetService<IGroupFilter>() ?? provider.GetRequiredService<Algorithm>().Filter,
            provider.GetService<ILogger<Trainer>>(),
            provider.GetService<TimeProvider>(),
            provider.GetService<IMeterFactory>()));
    }

    private static IExperienceExtractor CreateExtractor(IServiceProvider provider)
    {
        ISampler sampler = provider.GetService<ISampler>() ?? provider.GetRequiredService<IPolicy>();
        IExperienceLanguage language = provider.GetRequiredService<IExperienceLanguage>();
        ExperienceOptions options = provider.GetRequiredService<IOptions<ExperienceOptions>>().Value;
        TimeProvider? time = provider.GetService<TimeProvider>();
        return ExperienceLoop.Create(sampler, provider.GetRequiredService<IVerifier>(), language, options, time);
    }

    private MelBuilder UseAlgorithm<TOptions>(Func<TOptions, Algorithm> create, Action<TOptions>? configure)
        where TOptions : class, new()
    {
        Services.AddOptions<TOptions>().Configure(configure ?? (_ => { })).ValidateOnStart();
        Services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<ClippedSurrogateOptions>, PolicyObjectiveOptionsValidator>());
        Services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<PolicyObjectiveOptions>, PolicyObjectiveOptionsValidator>());
        return UseAlgorithm(provider => create(provider.GetRequiredService<IOptions<TOptions>>().Value));
    }

    private MelBuilder UseAlgorithm(Func<IServiceProvider, Algorithm> algorithm)
    {
        if (_decorators.Count > 0) throw new InvalidOperationException("A Use verb after a With verb would leave the wrapper around nothing; pick the algorithm first, then wrap it.");
        if (_algorithm is not null) throw new InvalidOperationException("Two algorithms were picked; a run has one. Remove one of the Use verbs.");
        _algorithm = algorithm;
        return this;
    }
}
