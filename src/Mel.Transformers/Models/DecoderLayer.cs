using TorchSharp;
using static TorchSharp.torch;

namespace Mel.Transformers.Models;

/// <summary>
/// One layer: attention and the gated feed-forward layer, each added to the residual stream. What enters a block is normalized, or what it gives, or both, as
/// the family has it.
/// </summary>
internal sealed class DecoderLayer
{
    private readonly AttentionBlock _attention;
    private readonly FeedForward _feedForward;
    private readonly RmsNorm? _beforeAttention, _afterAttention, _beforeFeedForward, _afterFeedForward;
    private readonly Scalar? _residualScale;

    public DecoderLayer(ModelConfig config, DecoderTraits traits, WeightStore weights, int index)
    {
        _attention = new AttentionBlock(config, traits, weights, index);
        _feedForward = new FeedForward(config, traits, weights, index);
        var (beforeAttention, afterAttention, beforeFeedForward, afterFeedForward) = ParameterLayout.Norms(traits.NormPlace);
        _beforeAttention = Norm(beforeAttention);
        _afterAttention = Norm(afterAttention);
        _beforeFeedForward = Norm(beforeFeedForward);
        _afterFeedForward = Norm(afterFeedForward);
        _residualScale = traits.ResidualScale == 1 ? null : traits.ResidualScale.ToScalar();

        RmsNorm? Norm(string? name)
            => name is null ? null : new RmsNorm(weights[$"{ParameterLayout.Layer(index)}{name}.weight"], config, traits.NormsAddOne);
    }

    /// <summary>The matrices that can carry an adapter, in the order of the forward pass.</summary>
    public IEnumerable<Projection> Projections => [.. _attention.Inputs, _attention.Output, .. _feedForward.Inputs, _feedForward.Down];

    /// <summary>
    /// Passes the residual stream, [N, H], through the layer; without gradients it is changed in place. The result is owned by the caller's scope.
    /// </summary>
    public Tensor Forward(Tensor hidden, ForwardPass pass)
    {
        using var scope = NewDisposeScope();
        Tensor attended = _attention.Forward(Normed(hidden, _beforeAttention, pass), pass);
        Tensor stream = Added(hidden, attended, _attention.Output, _afterAttention, pass);
        Tensor gated = _feedForward.Forward(Normed(stream, _beforeFeedForward, pass), pass);
        stream = Added(stream, gated, _feedForward.Down, _afterFeedForward, pass);
        return is_grad_enabled() ? stream.MoveToOuterDisposeScope() : hidden;
    }

    private static Tensor Normed(Tensor x, RmsNorm? norm, ForwardPass pass) => norm is null ? x : norm.Apply(x, pass.Fused);

    // Where nothing stands between the product and the stream, the product adds to it.
    private Tensor Added(Tensor stream, Tensor x, Projection projection, RmsNorm? norm, ForwardPass pass)
    {
        bool inPlace = !is_grad_enabled();
        if (norm is null && _residualScale is null) return projection.AddTo(stream, x, pass, inPlace);
        Tensor part = Normed(projection.Forward(x, pass), norm, pass);
        if (_residualScale is not null) part = part.mul(_residualScale);
        return inPlace ? stream.add_(part) : stream + part;
    }
}
