using Mel.Diagnostics;
using Mel.Losses;
using static TorchSharp.torch;

namespace Mel.Objectives;

/// <summary>The policy term of one optimizer batch.</summary>
internal sealed class PolicyTerm : ILossTerm
{
    private readonly PolicyObjective _objective;
    private readonly PolicyObjectiveOptions _options;
    private readonly BatchTotals _totals;
    private readonly LossNormalizer _normalizer;
    private readonly TrainingSample[] _samples;
    private readonly double _scoredTokens;
    private readonly bool _isTruncated;

    public PolicyTerm(PolicyObjective objective, PolicyObjectiveOptions options, TrainingBatch batch)
    {
        (_objective, _options, _totals, _isTruncated) = (objective, options, batch.Totals, batch.Sampling is { Truncates: true });
        // A trajectory with zero advantage has no gradient unless a divergence or entropy term gives it one; it still counts in the denominators.
        bool everyRow = options.KlCoefficient > 0 || options.EntropyCoefficient != 0;
        _samples = [.. batch.Samples.Where(s => everyRow || !s.Advantage.IsZero)];
        _scoredTokens = _samples.Sum(s => (long)s.Trajectory.TrainedTokens);
        _normalizer = new LossNormalizer(options.Aggregation, batch.Totals.Tokens, batch.Totals.Trajectories, FixedLength(options, batch));
        EntropyUse entropy = options.EntropyCoefficient != 0 ? EntropyUse.Train : options.ReportEntropy ? EntropyUse.Report : EntropyUse.None;
        Rows = [.. _samples.Select(s => new ScoringRow(s.Sequence, batch.Temperature, entropy))];
    }

    public string Name => PolicyObjective.TermName;

    public IReadOnlyList<ScoringRow> Rows { get; }

    public bool IsTokenwise => _objective.IsTokenwise && _options.EntropyCoefficient == 0 && _options.SamplerCorrection is null or { Level: RatioLevel.Token };

    public IReadOnlyList<ObjectiveMetric> Metrics => _totals.Tokens == 0 ? [] :
    [
        new(MetricNames.ClipRatioLow, 0), new(MetricNames.ClipRatioHigh, 0), new(MetricNames.ScoredFraction, _scoredTokens / _totals.Tokens),
    ];

    public TermValue Evaluate(ScoredRows scored)
    {
        using var scope = NewDisposeScope();
        SampleTensors tensors = SampleTensors.Of(
            [.. scored.Indices.Select(i => _samples[i])], scored.LogProbs, _options.KlCoefficient > 0, _options.SamplerCorrection is not null);
        Tensor weights = MaskedReduce.Weights(tensors.Mask, _normalizer, scored.LogProbs.dtype);        // [B, T]  of all tokens of the rows
        Tensor mask = tensors.Mask & scored.Mask;                                                       // [B, T]  those at hand
        PolicyLossTerms perToken = _objective.PerToken(scored.LogProbs, tensors.OldLogProbs, tensors.Advantages, mask);
        Tensor cost = perToken.Loss;                                                                    // [B, T]
        if (_options.SamplerCorrection is { } correction) cost = cost * correction.Weights(tensors.OldLogProbs, tensors.SamplerLogProbs!, mask);
        Tensor? divergence = null;
        if (tensors.ReferenceLogProbs is { } reference)
        {
            divergence = Divergence.InLoss(_options.KlEstimator, scored.LogProbs, reference, mask);
            cost = cost + (divergence * _options.KlCoefficient);
        }

        if (_options.EntropyCoefficient != 0) cost = cost - (Masks.Keep(mask, scored.Entropy!) * _options.EntropyCoefficient);
        Tensor loss = (cost * weights).sum();                                                           // []
        ObjectiveMetric[] metrics = Figures(scored, tensors, mask, perToken, divergence);
        PolicyTensors behind = new(
            scored.LogProbs, tensors.OldLogProbs.MoveToOuterDisposeScope(), tensors.Advantages.MoveToOuterDisposeScope(), mask.MoveToOuterDisposeScope(),
            perToken.MoveToOuterDisposeScope());
        return new TermValue(loss.MoveToOuterDisposeScope(), metrics) { Tensors = behind };
    }

    private static double FixedLength(PolicyObjectiveOptions options, TrainingBatch batch)
    {
        if (options.Aggregation != Aggregation.FixedLength) return 0;
        return options.FixedLength ?? batch.Sampling?.MaxTokens
            ?? throw new InvalidOperationException(
                $"{nameof(Aggregation)}.{nameof(Aggregation.FixedLength)} divides by the longest response, which is unknown; "
                + $"set {nameof(PolicyObjectiveOptions.FixedLength)}.");
    }

    /// <summary>
    /// The figures of the report. Clip ratios are shares of all tokens that train; entropy and differences are means over the tokens that are scored, so that
    /// trajectories with an advantage of zero, which are not scored, do not lower them.
    /// </summary>
    private ObjectiveMetric[] Figures(ScoredRows scored, SampleTensors tensors, Tensor mask, PolicyLossTerms perToken, Tensor? divergence)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        // What was recorded while tokens were cut off is of another distribution; there the policy's own pass is what must agree.
        Tensor before = _isTruncated ? tensors.OldLogProbs : tensors.Recorded ?? tensors.OldLogProbs;
        Tensor drift = Masks.Keep(mask, (scored.LogProbs.detach() - before).abs());
        List<Tensor> figures = [perToken.ClippedLow.sum(), perToken.ClippedHigh.sum(), drift.sum(), drift.max()];
        if (scored.Entropy is { } entropy) figures.Add(MaskedReduce.Sum(entropy.detach(), mask));
        if (divergence is not null) figures.Add(divergence.detach().sum());
        float[] values = [.. stack([.. figures.Select(f => f.to(float32))]).cpu().data<float>()];
        List<ObjectiveMetric> metrics =
        [
            new(MetricNames.ClipRatioLow, values[0] / _totals.Tokens),
            new(MetricNames.ClipRatioHigh, values[1] / _totals.Tokens),
        ];
        if (tensors.Recorded is not null)
        {
            metrics.Add(new(MetricNames.SamplingDifferenceMean, values[2] / _scoredTokens) { IsOfSamplingWeights = true });
            metrics.Add(new(MetricNames.SamplingDifferenceMax, values[3], MetricReduction.Max) { IsOfSamplingWeights = true });
        }

        if (scored.Entropy is not null) metrics.Add(new(MetricNames.Entropy, values[4] / _scoredTokens));
        if (divergence is not null) metrics.Add(new(MetricNames.Kl, values[^1] / _scoredTokens));
        return [.. metrics];
    }
}
