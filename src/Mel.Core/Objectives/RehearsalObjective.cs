using Mel.Advantages;
using Mel.Diagnostics;
using Mel.Runtime;

namespace Mel.Objectives;

/// <summary>
/// Adds the likelihood of an extractor's rehearsals to any objective. Rehearsals are sequences that belong to no group of the step. Without rehearsals the
/// inner terms are returned unchanged.
/// </summary>
public sealed class RehearsalObjective : DelegatingObjective
{
    /// <summary>Name of the loss term.</summary>
    public const string TermName = "rehearsal";

    private readonly TermScaling _scaling;
    private readonly RehearsalMean _mean;

    /// <summary>Creates the decorator.</summary>
    /// <param name="inner">The objective the term is added to.</param>
    /// <param name="scaling">How strongly the term counts; as it is where null.</param>
    /// <param name="mean">How the rehearsals of an optimizer batch are averaged.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number of the scaling is negative or not finite.</exception>
    public RehearsalObjective(IObjective inner, TermScaling? scaling = null, RehearsalMean mean = RehearsalMean.Weighted)
        : base(inner)
    {
        if (!Enum.IsDefined(mean)) throw new ArgumentOutOfRangeException(nameof(mean), mean, "Not a member of RehearsalMean.");
        _mean = mean;
        _scaling = scaling ?? TermScaling.One;
        if (!(_scaling.Value >= 0 && double.IsFinite(_scaling.Value)))
            throw new ArgumentOutOfRangeException(nameof(scaling), _scaling.Value, "The number of a scaling must be finite and at least 0.");
    }

    /// <inheritdoc/>
    public override RolloutNeeds Needs => base.Needs | RolloutNeeds.Experiences;

    /// <inheritdoc/>
    public override IReadOnlyList<ILossTerm> Terms(TrainingBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        IReadOnlyList<ILossTerm> inner = Inner.Terms(batch);
        if (batch.Rehearsals.Count == 0 || _scaling.Value == 0) return inner;
        double total = batch.Totals.RehearsalWeight;
        // The mean is over the weights, and its strength in the scaling: a ratio of norms would take away whatever stands before the loss.
        TermScaling scaling = _mean == RehearsalMean.Weighted ? _scaling : _scaling with { Value = _scaling.Value * total / batch.Rehearsals.Count };
        return
        [
            .. inner,
            new LikelihoodTerm(
                TermName, scaling, [.. batch.Rehearsals.Select(r => (r.Sequence, r.Weight / total))], MetricNames.RehearsalNll, MetricNames.RehearsalTokens),
        ];
    }

    /// <inheritdoc/>
    public override void Describe(RunIdentity identity)
    {
        base.Describe(identity);
        identity.Set("scaling", $"{_scaling.Kind} {_scaling.Value}");
        if (_mean != RehearsalMean.Weighted) identity.Set("mean", _mean);
    }
}

/// <summary>How the rehearsals of an optimizer batch are averaged.</summary>
public enum RehearsalMean
{
    /// <summary>By their weights, which sum to 1: a weight says how much a sequence counts beside the others.</summary>
    Weighted,

    /// <summary>By their number: where all weights fall, as those of a memory that fades, the whole term becomes weaker.</summary>
    Counted,
}
