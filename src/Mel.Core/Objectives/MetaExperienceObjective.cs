using Mel.Advantages;
using Mel.Diagnostics;
using Mel.Experiences;
using Mel.Losses;
using Mel.Rollouts;
using Mel.Runtime;
using Microsoft.Extensions.Options;

namespace Mel.Objectives;

/// <summary>
/// Adds the meta-experience term to any objective: J = J_RLVR + weight x R_MEL (Eq. 9) with R_MEL the token-averaged log-likelihood of the retained experiences
/// (Eq. 8). The term is normalized by its own counts, so turning it on never rescales the inner loss; without experiences the inner terms are returned
/// unchanged.
/// </summary>
public sealed class MetaExperienceObjective : DelegatingObjective
{
    /// <summary>Name of the loss term.</summary>
    public const string TermName = "meta_experience";

    private readonly MetaExperienceOptions _options;

    /// <summary>Creates the decorator.</summary>
    /// <param name="inner">The reinforcement-learning objective.</param>
    /// <param name="options">Read once; the defaults where null.</param>
    /// <exception cref="OptionsValidationException">An option is out of its range.</exception>
    public MetaExperienceObjective(IObjective inner, MetaExperienceOptions? options = null)
        : base(inner) => _options = OptionRules.Checked(options, new MetaExperienceOptionsValidator());

    /// <inheritdoc/>
    public override RolloutNeeds Needs => base.Needs | RolloutNeeds.Experiences;

    /// <inheritdoc/>
    public override IReadOnlyList<ILossTerm> Terms(TrainingBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        IReadOnlyList<ILossTerm> inner = Inner.Terms(batch);
        if (batch.Experiences.Count == 0 || _options.Weight == 0) return inner;
        // A correct attempt of no tokens has no likelihood; it counts in the denominators all the same.
        (TokenSequence Sequence, double)[] sequences =
            [.. batch.Experiences.SelectMany(e => Weighted(e, batch.Totals)).Where(s => !s.Sequence.Response.IsEmpty)];
        if (sequences.Length == 0) return inner;
        TermScaling scaling = new(_options.Scaling, _options.Weight);
        return [.. inner, new LikelihoodTerm(TermName, scaling, sequences, MetricNames.MelNll, MetricNames.MelTokens)];
    }

    /// <inheritdoc/>
    public override void Describe(RunIdentity identity)
    {
        base.Describe(identity);
        identity.SetOptions(_options);
    }

    private IEnumerable<(TokenSequence Sequence, double Weight)> Weighted(ExperienceSample sample, BatchTotals totals)
    {
        double weight = MetaExperienceLoss.Weight(
            _options.Normalization, sample.PromptExperiences, totals.Prompts, totals.PromptsWithExperience, totals.Experiences);
        return Sequences(sample.Experience).Select(s => (s.Sequence, weight * s.Share));
    }

    private IReadOnlyList<(TokenSequence Sequence, double Share)> Sequences(MetaExperience experience)
        => _options.Target == InternalizationTarget.CorrectTrajectory
        ? [(new TokenSequence(experience.Pair.Group.PromptTokenIds, experience.Pair.Correct.TokenIds), 1.0)]
        : experience.Internalization(_options.Conditioning);
}

/// <summary>How meta-experiences are internalized: the second term of Eq. 10.</summary>
public sealed class MetaExperienceOptions
{
    /// <summary>lambda or rho, by <see cref="Scaling"/>: how strongly the term counts, unitless.</summary>
    /// <value>The default is 1, the coefficient of Eq. 9.</value>
    public double Weight { get; set; } = 1.0;

    /// <summary>
    /// What <see cref="Weight"/> means: a factor on the loss, or the term's gradient norm relative to that of the reinforcement-learning term.
    /// </summary>
    /// <value>The default is <see cref="TermScalingKind.Fixed"/>, the paper.</value>
    public TermScalingKind Scaling { get; set; } = TermScalingKind.Fixed;

    /// <summary>What the experiences' likelihoods are averaged over; the equations of the paper disagree.</summary>
    /// <value>The default is <see cref="ExperienceNormalization.PromptMeanAll"/>: Eq. 10 to the letter.</value>
    public ExperienceNormalization Normalization { get; set; } = ExperienceNormalization.PromptMeanAll;

    /// <summary>What the tokens of an experience are predicted from.</summary>
    /// <value>The default is <see cref="Conditioning.Retrospective"/>: Eq. 7.</value>
    public Conditioning Conditioning { get; set; } = Conditioning.Retrospective;

    /// <summary>Which tokens the term teaches: those of the experience, or those of the correct attempt.</summary>
    /// <value>The default is <see cref="InternalizationTarget.Experience"/>.</value>
    public InternalizationTarget Target { get; set; } = InternalizationTarget.Experience;
}

/// <summary>What the additional likelihood term teaches.</summary>
public enum InternalizationTarget
{
    /// <summary>The meta-experience: the paper.</summary>
    Experience,

    /// <summary>
    /// The correct attempt y+ of the same pairs, after the question alone: a control that shows what the experience adds over the attempt it came from.
    /// </summary>
    CorrectTrajectory,
}

internal sealed class MetaExperienceOptionsValidator : IValidateOptions<MetaExperienceOptions>
{
    public ValidateOptionsResult Validate(string? name, MetaExperienceOptions options)
    {
        OptionRules rules = new();
        rules.Within(options.Weight, 0, 1000, nameof(options.Weight));
        rules.Defined(options.Scaling, nameof(options.Scaling));
        rules.Defined(options.Normalization, nameof(options.Normalization));
        rules.Defined(options.Conditioning, nameof(options.Conditioning));
        rules.Defined(options.Target, nameof(options.Target));
        return rules.Result;
    }
}
