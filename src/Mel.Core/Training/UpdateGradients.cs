using Mel.Diagnostics;
using Mel.Objectives;
using Mel.Rollouts;
using Mel.Runtime;
using static TorchSharp.torch;

namespace Mel.Training;

/// <summary>
/// Gradients of an optimizer batch. A micro-batch is scored once. The terms differentiate their losses with respect to a leaf that holds the log-probabilities,
/// and one backward pass carries the sum of these slopes into the parameters. Only terms whose gradient norms are compared are kept apart; each such term
/// takes a pass of its own and a copy of the gradient.
/// </summary>
internal sealed class UpdateGradients : IDisposable
{
    private readonly IPolicy _policy;
    private readonly IReadOnlyDictionary<string, Tensor> _parameters;
    private readonly IReadOnlyList<ILossTerm> _terms;
    private readonly IReadOnlyList<string> _names;
    private readonly double[] _losses;
    private readonly List<GradientShare> _shares = [];

    /// <param name="policy">Scores the rows and owns the parameters.</param>
    /// <param name="terms">The terms of the batch.</param>
    /// <param name="names">A distinct name for each term.</param>
    /// <param name="separate">Whether every term's gradient is kept apart, for the report of its norm.</param>
    public UpdateGradients(IPolicy policy, IReadOnlyList<ILossTerm> terms, IReadOnlyList<string> names, bool separate)
    {
        (_policy, _parameters, _terms, _names) = (policy, policy.Parameters, terms, names);
        _losses = new double[terms.Count];
        bool compares = separate || terms.Skip(1).Any(t => t.Scaling.Kind == TermScalingKind.GradientNormRatio);
        for (int t = 0; t < terms.Count; t++)
        {
            bool own = separate || terms[t].Scaling.Kind == TermScalingKind.GradientNormRatio || (compares && t == 0);
            if (!own && _shares.Find(s => !s.IsOwn) is { } common) common.Terms.Add(t);
            else _shares.Add(new GradientShare(own, t));
        }
    }

    /// <summary>Whether gradients are kept out of the parameters' <c>grad</c> until they are combined; a single term may have to be scaled too.</summary>
    private bool IsApart => _shares.Exists(s => s.IsOwn);

    /// <summary>Scores one micro-batch and adds its gradients.</summary>
    /// <returns>The figures of the terms that have rows in it.</returns>
    public IReadOnlyList<(int Term, IReadOnlyList<ObjectiveMetric> Metrics)> Add(MicroBatch part)
    {
        List<(int, IReadOnlyList<ObjectiveMetric>)> metrics = [];
        GradientShare[] shares = [.. _shares.Where(s => part.Terms.Any(s.Terms.Contains))];
        bool tokenwise = !part.Tokens.EntropyIsTrained && part.Terms.All(t => _terms[t].IsTokenwise);
        if (shares.Length == 1 && tokenwise && _policy is IFusedPolicy { FusesGradient: true } fused)
        {
            Differentiate(shares[0], PolicyContract.Score(fused, part.Tokens, (scores, mask) => Slopes(part, shares[0], Leaves(scores, false), mask, metrics)));
            return metrics;
        }

        // Gradients that are kept apart take a pass each: custom functions let go of what they saved as soon as it was used.
        foreach (GradientShare share in shares)
        {
            TokenScores scores = PolicyContract.Score(_policy, part.Tokens, trains: true), leaves = Leaves(scores, part.Tokens.EntropyIsTrained);
            Tensor carrier = (scores.LogProbs * Slopes(part, share, leaves, null, metrics)).sum();
            if (part.Tokens.EntropyIsTrained) carrier = carrier + (scores.Entropy! * Taken(leaves.Entropy!)).sum();
            Differentiate(share, carrier);
        }

        return metrics;
    }

    /// <summary>Leaves the scaled sum of all terms in the parameters' <c>grad</c>.</summary>
    /// <returns>Loss, gradient norm (NaN where it was not measured) and factor of every term.</returns>
    public IReadOnlyList<TermReport> Combine()
    {
        using var noGrad = no_grad();
        TermReport[] reports = new TermReport[_terms.Count];
        double reference = 0;
        for (int i = 0; i < _shares.Count; i++)
        {
            GradientShare share = _shares[i];
            if (!share.IsOwn)
            {
                double measured = _terms.Count == 1 ? TotalNorm() : double.NaN;
                foreach (int term in share.Terms) reports[term] = new TermReport(_names[term], _losses[term], measured, _terms[term].Scaling.Value);
                if (IsApart) share.AddTo(_parameters, 1.0);
                continue;
            }

            int own = share.Terms[0];
            double norm = GradientShare.Norm(share.Gradients.Values);
            // A ratio is one to the term that others are added to; where that is absent, there is nothing to be a share of.
            if (own == 0 && _terms[0].Scaling.Kind != TermScalingKind.GradientNormRatio) reference = norm;
            double factor = Factor(_terms[own].Scaling, norm, reference);
            reports[own] = new TermReport(_names[own], _losses[own], norm, factor);
            if (factor != 0) share.AddTo(_parameters, factor);
        }

        return reports;
    }

    /// <summary>Norm of the gradients in the parameters' <c>grad</c>.</summary>
    public double TotalNorm()
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        return GradientShare.Norm(_parameters.Values.Select(p => p.grad).OfType<Tensor>());
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (GradientShare share in _shares) share.Dispose();
        foreach (Tensor parameter in _parameters.Values) parameter.grad = null;
    }

    /// <summary>The scores cut off from the model: log-probabilities, and an entropy that trains, become leaves that collect gradients.</summary>
    private static TokenScores Leaves(TokenScores scores, bool trainsEntropy)
        => new(scores.LogProbs.detach().requires_grad_(), trainsEntropy ? scores.Entropy!.detach().requires_grad_() : scores.Entropy?.detach());

    /// <summary>Returns the gradient of a leaf and clears it; 0 where the leaf has none.</summary>
    private static Tensor Taken(Tensor leaf)
    {
        using Tensor? gradient = leaf.grad;
        Tensor taken = gradient is null ? zeros_like(leaf) : gradient.detach().clone();
        leaf.grad = null;
        return taken;
    }

    /// <summary>The slopes of a share's losses at the log-probabilities of a micro-batch, [B, T]. Losses and figures are recorded on the way.</summary>
    private Tensor Slopes(MicroBatch part, GradientShare share, TokenScores leaves, Tensor? mask, List<(int, IReadOnlyList<ObjectiveMetric>)> metrics)
    {
        using var recorded = enable_grad();
        Tensor? total = null;
        foreach (int term in part.Terms.Where(share.Terms.Contains))
        {
            TermValue value = PartCall.Run(new PartPlace("loss term", _terms[term]), () => part.Evaluate(term, leaves, mask));
            _losses[term] += value.Loss.item<float>();
            metrics.Add((term, value.Metrics));
            // A term on its own is scaled when all its gradient is there; the others by their constant factors, which costs nothing here.
            Tensor scaled = share.IsOwn || _terms[term].Scaling.Value == 1.0 ? value.Loss : value.Loss * _terms[term].Scaling.Value;
            if (scaled.requires_grad) total = total is null ? scaled : total + scaled;
        }

        total?.backward();
        return Taken(leaves.LogProbs);
    }

    private void Differentiate(GradientShare share, Tensor carrier)
    {
        bool apart = IsApart;
        if (apart) share.Swap(_parameters);
        // In a scope of its own: custom functions leave the gradients they made in it, among them one as large as the head.
        using (NewDisposeScope())
        {
            PartCall.Run(new PartPlace("policy", _policy), () =>
            {
                BackwardGuard.Run(() => carrier.backward());
                return true;
            });
        }

        if (apart) share.Swap(_parameters);
    }

    /// <summary>
    /// The factor on the gradient of a term. Where the gradient is not finite, the factor is not finite either, so that the whole update is recognized as
    /// unusable.
    /// </summary>
    private static double Factor(TermScaling scaling, double norm, double reference) => scaling.Kind switch
    {
        TermScalingKind.Fixed => scaling.Value,
        _ when !double.IsFinite(norm) => double.NaN,
        _ => norm > 0 ? scaling.Value * reference / norm : 0.0,
    };
}
