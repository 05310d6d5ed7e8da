using static TorchSharp.torch;

namespace Mel.Training;

/// <summary>The gradient of one term, or the sum of the gradients of all terms that need not be told apart.</summary>
/// <param name="isOwn">Whether the gradient is that of a single term whose norm is wanted.</param>
/// <param name="term">Index of the first term.</param>
internal sealed class GradientShare(bool isOwn, int term) : IDisposable
{
    public bool IsOwn { get; } = isOwn;

    public List<int> Terms { get; } = [term];

    /// <summary>The gradient of each parameter while this share is not in the parameters' <c>grad</c>.</summary>
    public Dictionary<string, Tensor> Gradients { get; } = new(StringComparer.Ordinal);

    /// <summary>Euclidean norm of several gradients together.</summary>
    public static double Norm(IEnumerable<Tensor> gradients)
    {
        using var scope = NewDisposeScope();
        double sum = 0;
        foreach (Tensor slice in gradients.SelectMany(TensorSlices.Of))
        {
            using var sliceScope = NewDisposeScope();
            sum += slice.to(float32).square().sum().item<float>();
        }

        return Math.Sqrt(sum);
    }

    /// <summary>Exchanges the gradients of this share with those in the parameters' <c>grad</c>, so that a backward pass adds to this share alone.</summary>
    public void Swap(IReadOnlyDictionary<string, Tensor> parameters)
    {
        foreach ((string name, Tensor parameter) in parameters)
        {
            Tensor? current = parameter.grad?.DetachFromDisposeScope();
            bool stored = Gradients.Remove(name, out Tensor? own);
            if (stored || current is not null) parameter.grad = own;
            own?.Dispose();
            if (current is not null) Gradients.Add(name, current);
        }
    }

    /// <summary>Adds the gradients of this share, scaled, to the parameters' <c>grad</c>, and releases them.</summary>
    public void AddTo(IReadOnlyDictionary<string, Tensor> parameters, double factor)
    {
        foreach ((string name, Tensor parameter) in parameters)
        {
            if (!Gradients.Remove(name, out Tensor? own)) continue;
            using Tensor gradient = own;
            if (factor != 1.0) gradient.mul_(factor);
            using Tensor? sum = parameter.grad;
            if (sum is null) parameter.grad = gradient;
            else sum.add_(gradient);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Tensor gradient in Gradients.Values) gradient.Dispose();
        Gradients.Clear();
    }
}
