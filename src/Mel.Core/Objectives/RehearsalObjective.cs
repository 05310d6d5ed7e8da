using Mel.Advantages;
using Mel.Diagnostics;
using Mel.Runtime;

namespace Mel.Objectives;

/// <summary>
/// Adds the likelihood of an extractor's rehearsals to any objective. Rehearsals are sequences that belong to no group of the step; their mean over the
/// optimizer batch goes by their weights. Without rehearsals the inner terms are returned unchanged.
/// </summary>
public sealed class RehearsalObjective : DelegatingObjective
{
    /// <summary>Name of the loss term.</summary>
    public const string TermName = "rehearsal";

    private readonly TermScaling _scaling;

    /// <summary>Creates the decorator.</summary>
    /// <param name="inner">The objective the term is added to.</param>
    /// <param name="scaling">How strongly the term counts; as it is where null.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number of the scaling is negative or not finite.</exception>
    public RehearsalObjective(IObjective inner, TermScaling? scaling = null)
        : base(inner)
    {
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
        return
        [
            .. inner,
            new LikelihoodTerm(
                TermName, _scaling, [.. batch.Rehearsals.Select(r => (r.Sequence, r.Weight / batch.Totals.RehearsalWeight))], MetricNames.RehearsalNll,
                MetricNames.RehearsalTokens),
        ];
    }

    /// <inheritdoc/>
    public override void Describe(RunIdentity identity)
    {
        base.Describe(identity);
        identity.Set("scaling", $"{_scaling.Kind} {_scaling.Value}");
    }
}
