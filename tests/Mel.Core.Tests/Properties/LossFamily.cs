using Mel.Losses;
using static TorchSharp.torch;

namespace Mel.Core.Tests.Properties;

/// <summary>A per-token loss as a function of log-probs, the log-probs it is compared with, advantages and mask.</summary>
public sealed record LossFamily(string Name, bool HasTrueGradient, Func<Tensor, Tensor, Tensor, Tensor, Tensor> PerToken)
{
    private static readonly ClipRange Clip = new(0.2, 0.28);

    /// <summary>Those without a true gradient stop it somewhere on purpose: finite differences say nothing about them.</summary>
    public static IReadOnlyList<LossFamily> All { get; } =
    [
        new("clipped", true, (x, y, a, m) => PolicyLoss.ClippedSurrogate(x, y, a, m, Clip).Loss),
        new("dual clip", true, (x, y, a, m) => PolicyLoss.ClippedSurrogate(x, y, a, m, Clip, dualClip: 1.5).Loss),
        new("delta", true, (x, y, a, m) => PolicyLoss.ClippedSurrogate(x, y, a, m, Clip, delta: 1.6).Loss),
        new("dual clip and delta", true, (x, y, a, m) => PolicyLoss.ClippedSurrogate(x, y, a, m, Clip, dualClip: 1.5, delta: 1.6).Loss),
        new("sequence", true, (x, y, a, m) => PolicyLoss.ClippedSurrogate(x, y, a.narrow(1, 0, 1), m, Clip, level: RatioLevel.Sequence).Loss),
        new("CISPO", false, (x, y, a, m) => PolicyLoss.Cispo(x, y, a, m, maxWeight: 1.5, minWeight: 0.5).Loss),
        new("SAPO", true, (x, y, a, m) => PolicyLoss.SoftGated(x, y, a, m)),
        new("DPPO", true, (x, y, a, m) => PolicyLoss.ProbabilityGated(x, y, a, m)),
        new("REINFORCE", true, (x, y, a, m) => PolicyLoss.Reinforce(x, a, m)),
        new("k1", true, (x, y, a, m) => Divergence.K1(x, y, m)),
        new("|k1|", true, (x, y, a, m) => Divergence.PerToken(KlEstimator.Absolute, x, y, m)),
        new("k2", true, (x, y, a, m) => Divergence.K2(x, y, m)),
        new("k3", true, (x, y, a, m) => Divergence.K3(x, y, m)),
        new("k1+", false, (x, y, a, m) => Divergence.PerToken(KlEstimator.K1StraightThrough, x, y, m)),
        new("k3+", false, (x, y, a, m) => Divergence.PerToken(KlEstimator.K3StraightThrough, x, y, m)),
        new("NLL", true, (x, y, a, m) => MaskedNll.PerToken(x, m)),
    ];

    public override string ToString() => Name;
}
