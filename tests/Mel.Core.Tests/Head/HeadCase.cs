using static TorchSharp.torch;

namespace Mel.Core.Tests.Head;

/// <summary>Hidden states, a head and targets of one seed. Owned by the caller's dispose scope.</summary>
internal sealed class HeadCase
{
    public HeadCase(long rows, long width, long vocabulary, ScalarType dtype = ScalarType.Float64, long seed = 1)
    {
        using var generator = new Generator((ulong)seed);
        Tensor Draw(params long[] shape) => randn(shape, dtype: ScalarType.Float64, generator: generator);
        Hidden = Draw(rows, width).to_type(dtype).requires_grad_();
        Head = Draw(vocabulary, width).mul_(0.5).to_type(dtype).requires_grad_();
        Targets = randint(0, vocabulary, [rows], dtype: ScalarType.Int64, generator: generator);
        Upstream = Draw(rows);
        EntropyUpstream = Draw(rows);
        Old = Draw(rows).mul_(0.3);
        Reference = Draw(rows).mul_(0.3);
        Advantages = Draw(rows);
    }

    public Tensor Hidden { get; }

    public Tensor Head { get; }

    public Tensor Targets { get; }

    public Tensor Upstream { get; }

    public Tensor EntropyUpstream { get; }

    /// <summary>Noise to be added to the case's log-probs: old log-probs near the current ones.</summary>
    public Tensor Old { get; }

    public Tensor Reference { get; }

    public Tensor Advantages { get; }

    /// <summary>The plain composition in float64: log-probs and entropy from all logits at once, with a graph to new leaves.</summary>
    public (Tensor Hidden, Tensor Head, Tensor LogProbs, Tensor Entropy) Plain(double temperature)
    {
        Tensor hidden = Hidden.detach().to_type(ScalarType.Float64).clone().requires_grad_(), head = Head.detach().to_type(ScalarType.Float64).clone().requires_grad_();
        Tensor all = (hidden.mm(head.t()) / temperature).log_softmax(-1);
        return (hidden, head, all.gather(1, Targets.unsqueeze(1)).squeeze(1), -(all.exp() * all).sum(1));
    }
}
