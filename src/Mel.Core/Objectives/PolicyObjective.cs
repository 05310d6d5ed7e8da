using Mel.Diagnostics;
using Mel.Kernels;
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
        });
        SampleTensors tensors = SampleTensors.Of(samples, scores.LogProbs, _options.KlCoefficient > 0);
        LossNormalizer normalizer = new(_options.Aggregation, batch.Totals.Tokens, batch.Totals.Trajectories, _options.FixedLength);
        PolicyLossTerms terms = PerToken(scores.LogProbs, tensors.OldLogProbs, tensors.Advantages, tensors.Mask);

        Tensor perToken = terms.Loss;                                                                                                  // [B, T]
        Tensor? kl = null;
        if (tensors.ReferenceLogProbs is { } reference)
        {
            kl = Divergence.PerToken(_options.KlEstimator, scores.LogProbs, reference, tensors.Mask);                                   // [B, T]
            perToken = perToken + (kl * _options.KlCoefficient);
        }

        if (_options.EntropyCoefficient != 0) perToken = perToken - (scores.Entropy! * _options.EntropyCoefficient);
        Tensor loss = MaskedReduce.Aggregate(perToken, tensors.Mask, normalizer);                                                      // []
        return new ObjectiveResult([new LossTerm(TermName, loss.MoveToOuterDisposeScope(), TermScaling.One)])
        {
            Metrics = Metrics(batch.Totals.Tokens, everyRow ? batch.Totals.Tokens : batch.Totals.SignalTokens, scores, tensors, terms, kl),
            Tensors = new PolicyTensors(
                scores.LogProbs.MoveToOuterDisposeScope(),
                tensors.OldLogProbs.MoveToOuterDisposeScope(),
                tensors.Advantages.MoveToOuterDisposeScope(),
                tensors.Mask.MoveToOuterDisposeScope(),
                terms.Ratio.MoveToOuterDisposeScope(),
                (terms.ClippedLow | terms.ClippedHigh).MoveToOuterDisposeScope()),
        };
    }

    /// <summary>What each token costs, [B, T], lower is better; exactly 0 where the mask does not select.</summary>
    /// <param name="logProbs">log pi_theta of the sampled tokens, [B, T]; the only input that carries gradient.</param>
    /// <param name="oldLogProbs">log pi_theta_old recorded when they were sampled, [B, T].</param>
    /// <param name="advantages">Advantage of each token, [B, T].</param>
    /// <param name="mask">True on tokens that train, [B, T].</param>
    protected abstract PolicyLossTerms PerToken(Tensor logProbs, Tensor oldLogProbs, Tensor advantages, Tensor mask);

    /// <summary>Shares of all tokens that train, and means over those that were scored: an advantage of zero must not make a policy look certain.</summary>
    private static ObjectiveMetric[] Metrics(double tokens, double scored, TokenScores scores, SampleTensors tensors, PolicyLossTerms terms, Tensor? kl)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        Tensor drift = where(tensors.Mask, (scores.LogProbs.detach() - tensors.OldLogProbs).abs(), zeros_like(tensors.OldLogProbs));
        List<Tensor> sums =
        [
            MaskedReduce.Sum(terms.ClippedLow.to(float32), tensors.Mask),
            MaskedReduce.Sum(terms.ClippedHigh.to(float32), tensors.Mask),
            drift.sum(),
            drift.max(),
            tensors.Mask.sum().to(float32),
        ];
        if (scores.Entropy is { } entropy) sums.Add(MaskedReduce.Sum(entropy.detach(), tensors.Mask));
        if (kl is not null) sums.Add(MaskedReduce.Sum(kl.detach(), tensors.Mask));
        float[] values = [.. stack([.. sums.Select(s => s.to(float32))]).cpu().data<float>()];
        List<ObjectiveMetric> metrics =
        [
            new(MetricNames.ClipRatioLow, values[0] / tokens),
            new(MetricNames.ClipRatioHigh, values[1] / tokens),
            new(MetricNames.SamplingDifferenceMean, values[2] / scored),
            new(MetricNames.SamplingDifferenceMax, values[3], MetricReduction.Max),
            new(MetricNames.ScoredFraction, values[4] / tokens),
        ];
        if (scores.Entropy is not null) metrics.Add(new(MetricNames.Entropy, values[5] / scored));
        if (kl is not null) metrics.Add(new(MetricNames.Kl, values[^1] / scored));
        return [.. metrics];
    }
}
