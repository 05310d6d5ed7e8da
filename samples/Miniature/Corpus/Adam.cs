using static TorchSharp.torch;

namespace Mel.Samples.Miniature;

/// <summary>Adam as the warm start needs it: betas 0.9 and 0.99, no weight decay, gradient clipping, float32. Owns its moments.</summary>
internal sealed class Adam : IDisposable
{
    private const double Beta1 = 0.9, Beta2 = 0.99, Epsilon = 1e-8;

    private readonly Tensor[] _parameters;
    private readonly Tensor[] _first;
    private readonly Tensor[] _second;
    private int _steps;

    public Adam(IEnumerable<Tensor> parameters)
    {
        _parameters = [.. parameters];
        using var grad = no_grad();
        _first = [.. _parameters.Select(p => zeros_like(p).DetachFromDisposeScope())];
        _second = [.. _parameters.Select(p => zeros_like(p).DetachFromDisposeScope())];
    }

    /// <summary>Applies the gradients and zeroes them.</summary>
    /// <returns>The norm of the gradient before clipping.</returns>
    public double Step(double learningRate, double maxNorm)
    {
        using var scope = NewDisposeScope();
        using var grad = no_grad();
        Tensor[] gradients = [.. _parameters.Select(p => p.grad ?? zeros_like(p))];
        double norm = Math.Sqrt(stack(gradients.Select(g => g.square().sum())).sum().item<float>());
        double clip = Math.Min(1, maxNorm / (norm + 1e-6));
        _steps++;
        double rate = learningRate * Math.Sqrt(1 - Math.Pow(Beta2, _steps)) / (1 - Math.Pow(Beta1, _steps));
        for (int i = 0; i < gradients.Length; i++)
        {
            Tensor g = gradients[i].mul_(clip);
            _first[i].mul_(Beta1).add_(g, alpha: 1 - Beta1);
            _second[i].mul_(Beta2).addcmul_(g, g, 1 - Beta2);
            _parameters[i].addcdiv_(_first[i], _second[i].sqrt().add_(Epsilon), -rate);
            g.zero_();
        }
        return norm;
    }

    public void Dispose()
    {
        foreach (Tensor moment in _first.Concat(_second)) moment.Dispose();
    }
}
