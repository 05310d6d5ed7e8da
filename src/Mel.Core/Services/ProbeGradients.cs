using Mel.Objectives;
using Mel.Rollouts;
using Mel.Runtime;
using static TorchSharp.torch;

namespace Mel.Services;

/// <summary>Computes the gradient of one term as a vector, and leaves no gradient behind.</summary>
/// <param name="policy">The policy.</param>
/// <param name="microBatchTokens">Tokens scored at once.</param>
internal sealed class ProbeGradients(IPolicy policy, int microBatchTokens)
{
    /// <summary>The gradient of a term with respect to all parameters, one after another, [N]; 0 where the term has no row. It belongs to the caller's scope.</summary>
    public Tensor Of(ILossTerm term)
    {
        using var scope = NewDisposeScope();
        // What stands there belongs to somebody else.
        Dictionary<string, Tensor?> before = policy.Parameters.ToDictionary(p => p.Key, p => p.Value.grad?.clone(), StringComparer.Ordinal);
        try
        {
            foreach (Tensor parameter in policy.Parameters.Values) parameter.grad = null;
            foreach (MicroBatch part in new ScoringPlan([term]).MicroBatches(microBatchTokens))
            {
                using var partScope = NewDisposeScope();
                using var recorded = enable_grad();
                Tensor loss = part.Evaluate(0, PolicyContract.Score(policy, part.Tokens, trains: true)).Loss;
                if (loss.requires_grad) BackwardGuard.Run(() => loss.backward());
            }

            using var noGrad = no_grad();
            return cat([.. policy.Parameters.Values.Select(Flat)]).MoveToOuterDisposeScope();
        }
        finally
        {
            foreach ((string name, Tensor parameter) in policy.Parameters) parameter.grad = before[name]?.DetachFromDisposeScope();
        }
    }

    /// <summary>Euclidean norm.</summary>
    public static double Norm(Tensor gradient)
    {
        using var noGrad = no_grad();
        using Tensor norm = gradient.norm();
        return norm.item<float>();
    }

    /// <summary>The cosine of two gradients; null where one of them is 0.</summary>
    public static double? Cosine(Tensor a, Tensor b)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        double norms = Norm(a) * Norm(b);
        return norms > 0 && double.IsFinite(norms) ? a.dot(b).item<float>() / norms : null;
    }

    private static Tensor Flat(Tensor parameter)
    {
        using Tensor? gradient = parameter.grad;
        return gradient is null ? zeros(parameter.numel(), device: parameter.device) : gradient.detach().to(float32).flatten().clone();
    }
}
