using Mel.Losses;
using Mel.Diagnostics;
using Mel.Rollouts;
using static TorchSharp.torch;

namespace Mel.Objectives;

/// <summary>
/// Base class of the policy-gradient objectives: scores the trajectories, lets the derived class say what a token costs, adds divergence and entropy terms, and
/// aggregates by the totals of the optimizer batch.
/// </summary>
public abstract class PolicyObjective : IObjective
{
    /// <summary>Name of the loss term of every policy objective.</summary>
    public const string TermName = "policy";

    private readonly PolicyObjectiveOptions _options;

    /// <summary>Creates the objective from validated options.</summary>
    /// <param name="options">Read once.</param>
    protected PolicyObjective(PolicyObjectiveOptions options) => _options = options ?? throw new ArgumentNullException(nameof(options));

    /// <inheritdoc/>
    public ObjectiveResult Evaluate(IPolicy policy, TrainingBatch batch)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(batch);
        // A trajectory with zero advantage has no gradient unless a divergence or entropy term gives it one; it still counts in the denominators.
        bool everyRow = _options.KlCoefficient > 0 || _options.EntropyCoefficient != 0;
        IReadOnlyList<TrainingSample> samples = everyRow ? batch.Samples : [.. batch.Samples.Where(s => !s.Advantage.IsZero)];
        if (samples.Count == 0)
        {
            return new ObjectiveResult([new LossTerm(TermName, zeros([]), TermScaling.One)])
            {
                Metrics = [new(MetricNames.ClipRatioLow, 0), new(MetricNames.ClipRatioHigh, 0), new(MetricNames.ScoredFraction, 0)],
            };
        }

        using var scope = NewDisposeScope();
        TokenScores scores = policy.Score(new TokenBatch([.. samples.Select(s => s.Sequence)])
        {
            Temperature = batch.Temperature,
            IncludeEntropy = _options.ReportEntropy || _options.EntropyCoefficient != 0,
            EntropyGradient = _options.EntropyCoefficient != 0,
        });
        SampleTensors tensors = SampleTensors.Of(samples, scores.LogProbs, _options.KlCoefficient > 0);
        LossNormalizer normalizer = new(_options.Aggregation, batch.Totals.Tokens, batch.Totals.Trajectories, _options.FixedLength);
        PolicyLossTerms terms = PerToken(scores.LogProbs, tensors.OldLogProbs, tensors.Advantages, tensors.Mask);
        Tensor loss = MaskedReduce.Aggregate(terms.Loss, tensors.Mask, normalizer);                                                   // []
        if (tensors.ReferenceLogProbs is { } reference)
        {
            Tensor divergence = Divergence.PerToken(_options.KlEstimator, scores.LogProbs, reference, tensors.Mask);                   // [B, T]
            loss = loss + (MaskedReduce.Aggregate(divergence, tensors.Mask, normalizer) * _options.KlCoefficient);
        }
        if (_options.EntropyCoefficient != 0) loss = loss - (MaskedReduce.Aggregate(scores.Entropy!, tensors.Mask, normalizer) * _options.EntropyCoefficient);
        return new ObjectiveResult([new LossTerm(TermName, loss.MoveToOuterDisposeScope(), TermScaling.One)])
        {
            Metrics = Metrics(batch.Totals.Tokens, everyRow ? batch.Totals.Tokens : batch.Totals.SignalTokens, scores, tensors, terms),
            Tensors = new PolicyTensors(
                scores.LogProbs.MoveToOuterDisposeScope(),
                tensors.OldLogProbs.MoveToOuterDisposeScope(),
                tensors.Advantages.MoveToOuterDisposeScope(),
                tensors.Mask.MoveToOuterDisposeScope(),
                PerToken),
        };
    }

    /// <summary>What each token costs, [B, T], lower is better; exactly 0 where the mask does not select.</summary>
    /// <param name="logProbs">log pi_theta of the sampled tokens, [B, T]; the only input that carries gradient.</param>
    /// <param name="oldLogProbs">log pi_theta_old recorded when they were sampled, [B, T].</param>
    /// <param name="advantages">Advantage of each token, [B, T].</param>
    /// <param name="mask">True on tokens that train, [B, T].</param>
    protected abstract PolicyLossTerms PerToken(Tensor logProbs, Tensor oldLogProbs, Tensor advantages, Tensor mask);

    /// <summary>Shares of all tokens that train, and means over those that were scored: an advantage of zero must not make a policy look certain.</summary>
    private ObjectiveMetric[] Metrics(double tokens, double scored, TokenScores scores, SampleTensors tensors, PolicyLossTerms terms)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        LossNormalizer mean = new(Aggregation.TokenMean, scored, 0);
        Tensor drift = where(tensors.Mask, (scores.LogProbs.detach() - tensors.OldLogProbs).abs(), zeros_like(tensors.OldLogProbs));
        List<Tensor> figures = [MaskedReduce.Aggregate(drift, tensors.Mask, mean), drift.max(), tensors.Mask.sum(), terms.ClippedLow.sum(), terms.ClippedHigh.sum()];
        if (scores.Entropy is { } entropy) figures.Add(MaskedReduce.Aggregate(entropy.detach(), tensors.Mask, mean));
        if (tensors.ReferenceLogProbs is { } reference)
            figures.Add(MaskedReduce.Aggregate(Divergence.PerToken(_options.KlEstimator, scores.LogProbs.detach(), reference, tensors.Mask), tensors.Mask, mean));
        float[] values = [.. stack([.. figures.Select(f => f.to(float32))]).cpu().data<float>()];
        List<ObjectiveMetric> metrics =
        [
            new(MetricNames.ClipRatioLow, values[3] / tokens),
            new(MetricNames.ClipRatioHigh, values[4] / tokens),
            new(MetricNames.SamplingDifferenceMean, values[0]),
            new(MetricNames.SamplingDifferenceMax, values[1], MetricReduction.Max),
            new(MetricNames.ScoredFraction, values[2] / tokens),
        ];
        if (scores.Entropy is not null) metrics.Add(new(MetricNames.Entropy, values[5]));
        if (tensors.ReferenceLogProbs is not null) metrics.Add(new(MetricNames.Kl, values[^1]));
        return [.. metrics];
    }
}
