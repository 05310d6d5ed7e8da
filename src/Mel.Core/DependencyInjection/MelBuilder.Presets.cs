using Mel.Advantages;
using Mel.Algorithms;
using Mel.Objectives;
using Mel.Rewards;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

public sealed partial class MelBuilder
{
    /// <summary>Picks GRPO. The options of a preset also bind from configuration: <c>Services.Configure&lt;ClippedSurrogateOptions&gt;(section)</c>.</summary>
    /// <param name="objective">Changes the objective's options.</param>
    /// <param name="advantages">Changes the estimator's options.</param>
    public MelBuilder UseGrpo(Action<ClippedSurrogateOptions>? objective = null, Action<GroupRelativeAdvantageOptions>? advantages = null)
        => UsePreset(Algorithm.Grpo, objective, new ClippedSurrogateOptionsValidator(), advantages, new GroupRelativeAdvantageOptionsValidator());

    /// <summary>Picks Dr.GRPO.</summary>
    /// <inheritdoc cref="UseGrpo"/>
    public MelBuilder UseDrGrpo(Action<ClippedSurrogateOptions>? objective = null, Action<GroupRelativeAdvantageOptions>? advantages = null)
        => UsePreset(Algorithm.DrGrpo, objective, new ClippedSurrogateOptionsValidator(), advantages, new GroupRelativeAdvantageOptionsValidator());

    /// <summary>Picks DAPO.</summary>
    /// <param name="objective">Changes the objective's options.</param>
    /// <param name="advantages">Changes the estimator's options.</param>
    /// <param name="overlong">Changes the options of the soft punishment of overlong responses, which is left out where null.</param>
    public MelBuilder UseDapo(
        Action<ClippedSurrogateOptions>? objective = null, Action<GroupRelativeAdvantageOptions>? advantages = null,
        Action<OverlongPenaltyOptions>? overlong = null)
    {
        if (overlong is not null) Configured(overlong, new OverlongPenaltyOptionsValidator());
        return UsePreset(
            (o, a) => Algorithm.Dapo(o, a), objective, new ClippedSurrogateOptionsValidator(), advantages, new GroupRelativeAdvantageOptionsValidator(),
            (provider, algorithm) => overlong is null
                ? algorithm
                : algorithm with { Shaper = new OverlongPenalty(provider.GetRequiredService<IOptions<OverlongPenaltyOptions>>().Value) });
    }

    /// <summary>Picks GSPO.</summary>
    /// <inheritdoc cref="UseGrpo"/>
    public MelBuilder UseGspo(Action<ClippedSurrogateOptions>? objective = null, Action<GroupRelativeAdvantageOptions>? advantages = null)
        => UsePreset(Algorithm.Gspo, objective, new ClippedSurrogateOptionsValidator(), advantages, new GroupRelativeAdvantageOptionsValidator());

    /// <summary>Picks CISPO.</summary>
    /// <param name="objective">Changes the objective's options.</param>
    /// <param name="advantages">Changes the estimator's options.</param>
    public MelBuilder UseCispo(Action<CispoOptions>? objective = null, Action<GroupRelativeAdvantageOptions>? advantages = null)
        => UsePreset(Algorithm.Cispo, objective, new CispoOptionsValidator(), advantages, new GroupRelativeAdvantageOptionsValidator());

    /// <summary>Picks RLOO.</summary>
    /// <param name="objective">Changes the objective's options.</param>
    /// <param name="advantages">Changes the estimator's options.</param>
    public MelBuilder UseRloo(Action<ClippedSurrogateOptions>? objective = null, Action<LeaveOneOutAdvantageOptions>? advantages = null)
        => UsePreset(Algorithm.Rloo, objective, new ClippedSurrogateOptionsValidator(), advantages, new LeaveOneOutAdvantageOptionsValidator());

    /// <summary>Picks REINFORCE++.</summary>
    /// <param name="objective">Changes the objective's options.</param>
    /// <param name="advantages">Changes the estimator's options.</param>
    public MelBuilder UseReinforcePlusPlus(Action<ClippedSurrogateOptions>? objective = null, Action<BatchNormalizedAdvantageOptions>? advantages = null)
        => UsePreset(
            Algorithm.ReinforcePlusPlus, objective, new ClippedSurrogateOptionsValidator(), advantages, new BatchNormalizedAdvantageOptionsValidator());

    /// <summary>Picks rejection-sampling fine-tuning.</summary>
    /// <param name="objective">Changes the objective's options.</param>
    /// <param name="selection">Changes the options of the selection.</param>
    public MelBuilder UseRft(Action<PolicyObjectiveOptions>? objective = null, Action<CorrectOnlySelectionOptions>? selection = null)
        => UsePreset(Algorithm.Rft, objective, new PolicyObjectiveOptionsValidator(), selection, new CorrectOnlySelectionOptionsValidator());

    /// <summary>Picks GRPO that learns from right attempts alone.</summary>
    /// <inheritdoc cref="UseGrpo"/>
    public MelBuilder UsePositiveOnly(Action<ClippedSurrogateOptions>? objective = null, Action<GroupRelativeAdvantageOptions>? advantages = null)
        => UsePreset(Algorithm.PositiveOnly, objective, new ClippedSurrogateOptionsValidator(), advantages, new GroupRelativeAdvantageOptionsValidator());

    /// <summary>Picks a preset whose own defaults the options of the container change.</summary>
    private MelBuilder UsePreset<TObjective, TAdvantages>(
        Func<Action<TObjective>?, Action<TAdvantages>?, Algorithm> preset,
        Action<TObjective>? objective, IValidateOptions<TObjective> objectiveRules, Action<TAdvantages>? advantages,
        IValidateOptions<TAdvantages> advantageRules,
        Func<IServiceProvider, Algorithm, Algorithm>? then = null)
        where TObjective : class
        where TAdvantages : class
    {
        Configured(objective, objectiveRules);
        Configured(advantages, advantageRules);
        return Pick(provider =>
        {
            Algorithm algorithm = preset(o => Apply(provider, o), a => Apply(provider, a));
            return then is null ? algorithm : then(provider, algorithm);
        });
    }

    private static void Apply<TOptions>(IServiceProvider provider, TOptions options)
        where TOptions : class
    {
        foreach (IConfigureOptions<TOptions> configure in provider.GetServices<IConfigureOptions<TOptions>>()) configure.Configure(options);
        foreach (IPostConfigureOptions<TOptions> configure in provider.GetServices<IPostConfigureOptions<TOptions>>())
            configure.PostConfigure(string.Empty, options);
    }
}
