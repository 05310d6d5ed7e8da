using static TorchSharp.torch;

namespace Mel.Head;

/// <summary>Entropy of the distribution a token is drawn from.</summary>
public static class Entropy
{
    /// <summary>H = log sum exp(z) - sum softmax(z) z with z = logits / temperature, in float32 or better.</summary>
    /// <param name="logits">[.., V]; carries gradient.</param>
    /// <param name="temperature">Divides the logits; the temperature the tokens were sampled with.</param>
    /// <returns>[..], nats. Owned by the caller's dispose scope.</returns>
    public static Tensor FromLogits(Tensor logits, double temperature = 1)
    {
        using var scope = NewDisposeScope();
        Tensor logProbs = TokenLogProbs.LogSoftmax(logits, temperature);                // [.., V]
        return (-(logProbs.exp() * logProbs).sum(-1)).MoveToOuterDisposeScope();
    }
}
