using Mel.Losses;
using Mel.Runtime;
using Mel.Diagnostics;
using Mel.Experiences;
using Mel.Rollouts;
using static TorchSharp.torch;

namespace Mel.Objectives;

/// <summary>
/// Adds the meta-experience term to any objective: J = J_RLVR + weight x R_MEL (Eq. 9) with R_MEL the token-averaged log-likelihood of the retained experiences
/// (Eq. 8). The term is normalized by its own counts, so turning it on never rescales the inner loss; without experiences the inner result is returned unchanged.
/// </summary>
public sealed class MetaExperienceObjective : DelegatingObjective
{
    /// <summary>Name of the loss term.</summary>
    public const string TermName = "meta_experience";

    private readonly MetaExperienceOptions _options;

    /// <summary>Creates the decorator.</summary>
    /// <param name="inner">The reinforcement-learning objective.</param>
    /// <param name="options">Read once; the defaults where null.</param>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">An option breaks a rule of <see cref="MetaExperienceOptionsValidator"/>.</exception>
    public MetaExperienceObjective(IObjective inner, MetaExperienceOptions? options = null)
        : base(inner) => _options = OptionRules.Checked(options, new MetaExperienceOptionsValidator());

    /// <inheritdoc/>
    public override ObjectiveResult Evaluate(IPolicy policy, TrainingBatch batch)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(batch);
        ObjectiveResult inner = Inner.Evaluate(policy, batch);
        if (batch.Experiences.Count == 0 || _options.Weight == 0) return inner;

        List<TokenSequence> sequences = [];
        List<double> weights = [];
        foreach (ExperienceSample sample in batch.Experiences)
        {
            double weight = MetaExperienceLoss.Weight(
                _options.Normalization, sample.PromptExperiences, batch.Totals.Prompts, batch.Totals.PromptsWithExperience, batch.Totals.Experiences);
            foreach ((TokenSequence sequence, double share) in Sequences(sample.Experience))
            {
                sequences.Add(sequence);
                weights.Add(weight * share);
            }
        }

        using var scope = NewDisposeScope();
        Tensor logProbs = policy.Score(new TokenBatch(sequences)).LogProbs;                            // [E, T]
        Tensor loss = MetaExperienceLoss.Compute(logProbs, SampleTensors.MaskOf(sequences, logProbs), [.. weights]);   // []
        double nll = loss.item<float>();
        return inner with
        {
            Terms = [.. inner.Terms, new LossTerm(TermName, loss.MoveToOuterDisposeScope(), new TermScaling(_options.Scaling, _options.Weight))],
            Metrics =
            [
                .. inner.Metrics,
                new ObjectiveMetric(MetricNames.MelNll, nll),
                new ObjectiveMetric(MetricNames.MelTokens, sequences.Sum(s => (long)s.Response.Length), MetricReduction.Count),
            ],
        };
    }

    private IReadOnlyList<(TokenSequence Sequence, double Share)> Sequences(MetaExperience experience) => _options.Target == InternalizationTarget.CorrectTrajectory
        ? [(new TokenSequence(experience.Pair.Group.PromptTokenIds, experience.Pair.Correct.TokenIds), 1.0)]
        : experience.Internalization(_options.Conditioning);
}
