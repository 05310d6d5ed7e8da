namespace Mel.Transformers.Models;

/// <summary>
/// What sets a decoder apart from the plain one, as data: the plain one normalizes before each block, gates by SiLU, and lets every token of every layer
/// attend to all before it, rotated by the same angles. The defaults are those of the plain one.
/// </summary>
internal sealed record DecoderTraits
{
    /// <summary>On which side of a block its normalization stands.</summary>
    public NormPlace NormPlace { get; init; }

    /// <summary>Over what queries and keys are normalized.</summary>
    public HeadNorm HeadNorm { get; init; }

    /// <summary>Whether normalizations multiply by 1 + weight instead of the weight.</summary>
    public bool NormsAddOne { get; init; }

    /// <summary>Whether query, key and value have a bias and the output of attention none, whatever the configuration says of biases.</summary>
    public bool BiasedQueryKeyValue { get; init; }

    /// <summary>Whether the projections of the feed-forward layer have a bias.</summary>
    public bool FeedForwardBias { get; init; }

    /// <summary>Whether query, key and value are one parameter, and gate and up another.</summary>
    public bool JointProjections { get; init; }

    /// <summary>What the gate of the feed-forward layer passes through.</summary>
    public Activation Activation { get; init; }

    /// <summary>Factor on the embedding.</summary>
    public double EmbeddingScale { get; init; } = 1;

    /// <summary>Factor on what a block adds to the residual stream.</summary>
    public double ResidualScale { get; init; } = 1;

    /// <summary>Factor on the logits.</summary>
    public double LogitScale { get; init; } = 1;

    /// <summary>Factor on the products of queries and keys; null is one over the root of the head size.</summary>
    public double? AttentionScale { get; init; }

    /// <summary>Bound that attention scores approach, by a hyperbolic tangent; null leaves them as they are.</summary>
    public double? AttentionCap { get; init; }

    /// <summary>Bound that logits approach, by a hyperbolic tangent; null leaves them as they are.</summary>
    public double? LogitCap { get; init; }

    /// <summary>How many numbers of a head are rotated, from its first; null rotates all.</summary>
    public int? RotaryWidth { get; init; }

    /// <summary>The rotation of layers that are <see cref="Rotation.Local"/>; null where there are none.</summary>
    public RopeSettings? LocalRope { get; init; }

    /// <summary>What every layer sees and how it rotates; empty where all see everything and rotate alike.</summary>
    public IReadOnlyList<LayerKind> Layers { get; init; } = [];

    /// <summary>The kind of a layer.</summary>
    public LayerKind Layer(int index) => Layers.Count == 0 ? default : Layers[index];
}

/// <summary>On which side of attention and of the feed-forward layer their normalization stands.</summary>
internal enum NormPlace
{
    /// <summary>What enters a block is normalized.</summary>
    Before,

    /// <summary>What a block gives is normalized.</summary>
    After,

    /// <summary>Both are.</summary>
    BeforeAndAfter,
}

/// <summary>Over what queries and keys are normalized before they are rotated.</summary>
internal enum HeadNorm
{
    /// <summary>They are not.</summary>
    None,

    /// <summary>Over each head.</summary>
    PerHead,

    /// <summary>Over all heads at once.</summary>
    AllHeads,
}

/// <summary>What the gate of the feed-forward layer passes through.</summary>
internal enum Activation
{
    /// <summary>x sigmoid(x).</summary>
    Silu,

    /// <summary>GELU as its approximation by a hyperbolic tangent.</summary>
    GeluTanh,
}

/// <summary>Which angles a layer rotates queries and keys by.</summary>
internal enum Rotation
{
    /// <summary>Those of the model.</summary>
    Global,

    /// <summary>Those of layers with a window, in a model that has two kinds.</summary>
    Local,

    /// <summary>None.</summary>
    None,
}

/// <summary>What a layer sees and how it rotates.</summary>
/// <param name="Window">The most tokens that a token attends to, itself included; 0 is all before it.</param>
/// <param name="Rotation">Its angles.</param>
internal readonly record struct LayerKind(int Window, Rotation Rotation);

/// <summary>A rotary embedding.</summary>
/// <param name="Theta">Base of the frequencies.</param>
/// <param name="Scaling">How they are stretched.</param>
internal sealed record RopeSettings(double Theta, RopeScaling Scaling);
