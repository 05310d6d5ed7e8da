using Mel.Losses;
using Mel.Rollouts;
using static TorchSharp.torch;

namespace Mel.Objectives;

/// <summary>A weighted sum of token-averaged negative log-likelihoods: Eq. 7 and 8 over experiences, and the same over rehearsals.</summary>
/// <param name="name">Name of the term.</param>
/// <param name="scaling">How strongly it counts.</param>
/// <param name="sequences">Sequences with the weight of each, which comes from the whole optimizer batch.</param>
/// <param name="nll">Name of the figure of the loss.</param>
/// <param name="tokens">Name of the figure of the number of tokens.</param>
internal sealed class LikelihoodTerm(
    string name, TermScaling scaling, IReadOnlyList<(TokenSequence Sequence, double Weight)> sequences, string nll, string tokens) : ILossTerm
{
    public string Name { get; } = name;

    public TermScaling Scaling { get; } = scaling;

    public IReadOnlyList<ScoringRow> Rows { get; } = [.. sequences.Select(s => new ScoringRow(s.Sequence))];

    public bool IsTokenwise => true;

    public IReadOnlyList<ObjectiveMetric> Metrics => [new(tokens, sequences.Sum(s => (long)s.Sequence.Response.Length), MetricReduction.Count), new(nll, 0)];

    public TermValue Evaluate(ScoredRows scored)
    {
        double[] weights = [.. scored.Indices.Select(i => sequences[i].Weight)];
        int[] lengths = [.. scored.Indices.Select(i => sequences[i].Sequence.Response.Length)];
        Tensor loss = MetaExperienceLoss.Compute(scored.LogProbs, scored.Mask, weights, lengths);      // []
        return new TermValue(loss, [new ObjectiveMetric(nll, loss.item<float>())]);
    }
}
