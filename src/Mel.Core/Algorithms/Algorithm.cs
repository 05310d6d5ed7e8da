using Mel.Losses;
using Mel.Advantages;
using Mel.Objectives;
using Mel.Rewards;

namespace Mel.Algorithms;

/// <summary>An algorithm is a choice: an advantage estimator, an objective, and where it has them a reward shaper and a group filter.</summary>
/// <param name="Name">Its name in the field, lower case.</param>
/// <param name="Advantages">Turns rewards into advantages.</param>
/// <param name="Objective">What is minimized.</param>
public sealed record Algorithm(string Name, IAdvantageEstimator Advantages, IObjective Objective)
{
    private static readonly IReadOnlyDictionary<string, Func<Algorithm>> Presets = new Dictionary<string, Func<Algorithm>>(StringComparer.OrdinalIgnoreCase)
    {
        ["paper"] = Paper,
        ["grpo"] = () => Grpo(),
        ["dr-grpo"] = () => DrGrpo(),
        ["dapo"] = () => Dapo(),
        ["gspo"] = () => Gspo(),
        ["rloo"] = () => Rloo(),
        ["reinforce++"] = () => ReinforcePlusPlus(),
        ["rft"] = () => Rft(),
    };

    /// <summary>Names that <see cref="Named"/> knows.</summary>
    public static IReadOnlyCollection<string> Names => [.. Presets.Keys];

    /// <summary>Changes rewards before advantages are estimated; null for none.</summary>
    public IRewardShaper? Shaper { get; init; }

    /// <summary>Decides which groups train; null keeps all.</summary>
    public IGroupFilter? Filter { get; init; }

    /// <summary>The preset of a name, with its defaults.</summary>
    /// <param name="name">One of <see cref="Names"/>, in any case.</param>
    /// <exception cref="ArgumentException">There is no such preset.</exception>
    public static Algorithm Named(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return Presets.TryGetValue(name, out Func<Algorithm>? preset)
            ? preset()
            : throw new ArgumentException($"'{name}' is no algorithm; choose one of: {string.Join(", ", Presets.Keys)}.", nameof(name));
    }

    /// <summary>The reinforcement-learning term of Eq. 10 as the paper writes it: GRPO with one mean over the tokens of a trajectory, then one over trajectories.</summary>
    public static Algorithm Paper() => Grpo(o => o.Aggregation = Aggregation.SequenceMeanTokenMean) with { Name = "paper" };

    /// <summary>Group Relative Policy Optimization (Shao et al., 2024).</summary>
    /// <param name="configure">Changes the objective's options.</param>
    public static Algorithm Grpo(Action<ClippedSurrogateOptions>? configure = null) => Grpo(Configured(configure));

    internal static Algorithm Grpo(ClippedSurrogateOptions options) => new("grpo", new GroupRelativeAdvantage(), new ClippedSurrogateObjective(options));

    /// <summary>GRPO done right (Liu et al., 2025): centred rewards without scaling, and a fixed divisor, so that length has no say.</summary>
    /// <param name="maxTokens">L, the token limit of the rollouts.</param>
    /// <param name="configure">Changes the objective's options.</param>
    public static Algorithm DrGrpo(int maxTokens = 1024, Action<ClippedSurrogateOptions>? configure = null) => new(
        "dr-grpo",
        new GroupRelativeAdvantage(new GroupRelativeAdvantageOptions { Scale = AdvantageScale.None }),
        new ClippedSurrogateObjective(Configured(o => (o.Aggregation, o.FixedLength) = (Aggregation.FixedLength, maxTokens), configure)));

    /// <summary>DAPO (Yu et al., 2025): clip higher, token mean, dynamic sampling. Add an <see cref="OverlongPenalty"/> as <see cref="Shaper"/> for its soft punishment.</summary>
    /// <param name="configure">Changes the objective's options.</param>
    public static Algorithm Dapo(Action<ClippedSurrogateOptions>? configure = null)
        => new("dapo", new GroupRelativeAdvantage(), new ClippedSurrogateObjective(Configured(o => o.ClipRangeHigh = 0.28, configure))) { Filter = new DynamicSampling() };

    /// <summary>Group Sequence Policy Optimization (Zheng et al., 2025): one ratio per trajectory.</summary>
    /// <param name="configure">Changes the objective's options.</param>
    public static Algorithm Gspo(Action<ClippedSurrogateOptions>? configure = null) => new(
        "gspo",
        new GroupRelativeAdvantage(),
        new ClippedSurrogateObjective(Configured(
            o => (o.ClipRangeLow, o.ClipRangeHigh, o.RatioLevel, o.Aggregation) = (3e-4, 4e-4, RatioLevel.Sequence, Aggregation.SequenceMeanTokenMean), configure)));

    /// <summary>REINFORCE leave-one-out (Ahmadian et al., 2024).</summary>
    /// <param name="configure">Changes the objective's options.</param>
    public static Algorithm Rloo(Action<ClippedSurrogateOptions>? configure = null) => new("rloo", new LeaveOneOutAdvantage(), new ClippedSurrogateObjective(Configured(configure)));

    /// <summary>REINFORCE++ (Hu, 2025): returns whitened over all tokens of the batch.</summary>
    /// <param name="configure">Changes the objective's options.</param>
    public static Algorithm ReinforcePlusPlus(Action<ClippedSurrogateOptions>? configure = null) => ReinforcePlusPlus(Configured(configure));

    internal static Algorithm ReinforcePlusPlus(ClippedSurrogateOptions options) => new("reinforce++", new BatchNormalizedAdvantage(), new ClippedSurrogateObjective(options));

    /// <summary>Rejection-sampling fine-tuning: the likelihood of the correct trajectories.</summary>
    /// <param name="configure">Changes the objective's options.</param>
    public static Algorithm Rft(Action<PolicyObjectiveOptions>? configure = null) => Rft(Configured(configure));

    internal static Algorithm Rft(PolicyObjectiveOptions options) => new("rft", new CorrectOnlySelection(), new LogLikelihoodObjective(options));

    /// <summary>The same algorithm with the meta-experience term added to its objective (Eq. 9).</summary>
    /// <param name="options">How experiences are internalized; the paper's defaults where null.</param>
    public Algorithm WithMetaExperience(MetaExperienceOptions? options = null) => this with { Name = Name + "+me", Objective = new MetaExperienceObjective(Objective, options) };

    private static TOptions Configured<TOptions>(params ReadOnlySpan<Action<TOptions>?> changes)
        where TOptions : new()
    {
        TOptions options = new();
        foreach (Action<TOptions>? change in changes) change?.Invoke(options);
        return options;
    }
}
