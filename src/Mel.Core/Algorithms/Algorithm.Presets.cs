using Mel.Advantages;
using Mel.Losses;
using Mel.Objectives;
using Mel.Rewards;

namespace Mel.Algorithms;

public sealed partial record Algorithm
{
    private static readonly IReadOnlyDictionary<string, Func<Algorithm>> Presets = new Dictionary<string, Func<Algorithm>>(StringComparer.OrdinalIgnoreCase)
    {
        ["paper"] = () => Paper(),
        ["grpo"] = () => Grpo(),
        ["dr-grpo"] = () => DrGrpo(),
        ["dapo"] = () => Dapo(),
        ["gspo"] = () => Gspo(),
        ["cispo"] = () => Cispo(),
        ["rloo"] = () => Rloo(),
        ["reinforce++"] = () => ReinforcePlusPlus(),
        ["rft"] = () => Rft(),
        ["positive-only"] = () => PositiveOnly(),
    };

    /// <summary>Names that <see cref="Named"/> knows.</summary>
    public static IReadOnlyCollection<string> Names => [.. Presets.Keys];

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

    /// <summary>
    /// The reinforcement-learning term of Eq. 10 as the paper writes it: GRPO with one mean over the tokens of a trajectory, then one over trajectories.
    /// </summary>
    /// <param name="objective">Changes the objective's options.</param>
    /// <param name="advantages">Changes the estimator's options.</param>
    public static Algorithm Paper(Action<ClippedSurrogateOptions>? objective = null, Action<GroupRelativeAdvantageOptions>? advantages = null)
        => Clipped("paper", new GroupRelativeAdvantage(Configured(advantages)), o => o.Aggregation = Aggregation.SequenceMeanTokenMean, objective);

    /// <summary>Group Relative Policy Optimization (Shao et al., 2024).</summary>
    /// <param name="objective">Changes the objective's options.</param>
    /// <param name="advantages">Changes the estimator's options.</param>
    public static Algorithm Grpo(Action<ClippedSurrogateOptions>? objective = null, Action<GroupRelativeAdvantageOptions>? advantages = null)
        => Clipped("grpo", new GroupRelativeAdvantage(Configured(advantages)), objective);

    /// <summary>
    /// GRPO done right (Liu et al., 2025): centered rewards without scaling, and a fixed divisor, the token limit of the rollouts, so that length has no say.
    /// </summary>
    /// <param name="objective">Changes the objective's options.</param>
    /// <param name="advantages">Changes the estimator's options.</param>
    public static Algorithm DrGrpo(Action<ClippedSurrogateOptions>? objective = null, Action<GroupRelativeAdvantageOptions>? advantages = null)
        => Clipped(
            "dr-grpo", new GroupRelativeAdvantage(Configured(o => o.Scale = AdvantageScale.None, advantages)), o => o.Aggregation = Aggregation.FixedLength,
            objective);

    /// <summary>DAPO (Yu et al., 2025): clip higher, token mean, dynamic sampling, and on request its soft punishment of overlong responses.</summary>
    /// <param name="objective">Changes the objective's options.</param>
    /// <param name="advantages">Changes the estimator's options.</param>
    /// <param name="overlong">Changes the options of the punishment, which is left out where null.</param>
    public static Algorithm Dapo(
        Action<ClippedSurrogateOptions>? objective = null, Action<GroupRelativeAdvantageOptions>? advantages = null,
        Action<OverlongPenaltyOptions>? overlong = null)
        => Clipped("dapo", new GroupRelativeAdvantage(Configured(advantages)), o => o.ClipRangeHigh = 0.28, objective) with
        {
            Filter = new DynamicSampling(),
            Shaper = overlong is null ? null : new OverlongPenalty(Configured(overlong)),
        };

    /// <summary>Group Sequence Policy Optimization (Zheng et al., 2025): one ratio per trajectory.</summary>
    /// <param name="objective">Changes the objective's options.</param>
    /// <param name="advantages">Changes the estimator's options.</param>
    public static Algorithm Gspo(Action<ClippedSurrogateOptions>? objective = null, Action<GroupRelativeAdvantageOptions>? advantages = null) => Clipped(
        "gspo", new GroupRelativeAdvantage(Configured(advantages)),
        o => (o.ClipRangeLow, o.ClipRangeHigh, o.RatioLevel, o.Aggregation) = (3e-4, 4e-4, RatioLevel.Sequence, Aggregation.SequenceMeanTokenMean), objective);

    /// <summary>CISPO (MiniMax, 2025): a capped importance weight, so that no token loses its gradient.</summary>
    /// <param name="objective">Changes the objective's options.</param>
    /// <param name="advantages">Changes the estimator's options.</param>
    public static Algorithm Cispo(Action<CispoOptions>? objective = null, Action<GroupRelativeAdvantageOptions>? advantages = null)
        => new("cispo", new GroupRelativeAdvantage(Configured(advantages)), new CispoObjective(Configured(objective)));

    /// <summary>REINFORCE leave-one-out (Ahmadian et al., 2024).</summary>
    /// <param name="objective">Changes the objective's options.</param>
    /// <param name="advantages">Changes the estimator's options.</param>
    public static Algorithm Rloo(Action<ClippedSurrogateOptions>? objective = null, Action<LeaveOneOutAdvantageOptions>? advantages = null)
        => Clipped("rloo", new LeaveOneOutAdvantage(Configured(advantages)), objective);

    /// <summary>REINFORCE++ (Hu, 2025): returns whitened over all tokens of the batch.</summary>
    /// <param name="objective">Changes the objective's options.</param>
    /// <param name="advantages">Changes the estimator's options.</param>
    public static Algorithm ReinforcePlusPlus(Action<ClippedSurrogateOptions>? objective = null, Action<BatchNormalizedAdvantageOptions>? advantages = null)
        => Clipped("reinforce++", new BatchNormalizedAdvantage(Configured(advantages)), objective);

    /// <summary>Rejection-sampling fine-tuning: the likelihood of the correct trajectories.</summary>
    /// <param name="objective">Changes the objective's options.</param>
    /// <param name="selection">Changes the options of the selection.</param>
    public static Algorithm Rft(Action<PolicyObjectiveOptions>? objective = null, Action<CorrectOnlySelectionOptions>? selection = null)
        => new("rft", new CorrectOnlySelection(Configured(selection)), new LogLikelihoodObjective(Configured(objective)));

    /// <summary>GRPO that learns from right attempts alone: an advantage below 0 becomes 0, and a wrong attempt is not scored.</summary>
    /// <param name="objective">Changes the objective's options.</param>
    /// <param name="advantages">Changes the estimator's options.</param>
    public static Algorithm PositiveOnly(Action<ClippedSurrogateOptions>? objective = null, Action<GroupRelativeAdvantageOptions>? advantages = null)
        => Clipped("positive-only", new PositiveOnlyAdvantage(new GroupRelativeAdvantage(Configured(advantages))), objective);

    private static Algorithm Clipped(string name, IAdvantageEstimator advantages, params ReadOnlySpan<Action<ClippedSurrogateOptions>?> objective)
        => new(name, advantages, new ClippedSurrogateObjective(Configured(objective)));

    private static TOptions Configured<TOptions>(params ReadOnlySpan<Action<TOptions>?> changes)
        where TOptions : new()
    {
        TOptions options = new();
        foreach (Action<TOptions>? change in changes) change?.Invoke(options);
        return options;
    }
}
