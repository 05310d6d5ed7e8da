using Mel.Transformers.Kernels;
using static TorchSharp.torch;

namespace Mel.Transformers.Models;

/// <summary>A matrix of a layer with its bias and, where one was added, its adapter. The store owns the tensors.</summary>
/// <param name="name">Name of the weight without <c>.weight</c>.</param>
/// <param name="weight">[outputs, inputs].</param>
/// <param name="bias">[outputs] or null.</param>
internal sealed class Projection(string name, Tensor weight, Tensor? bias)
{
    public string Name { get; } = name;

    public Tensor Weight { get; } = weight;

    public LoraAdapter? Adapter { get; set; }

    public int Outputs { get; } = (int)weight.size(0);

    public int Inputs { get; } = (int)weight.size(1);

    /// <summary>x W^T + bias, differentiable.</summary>
    public Tensor Forward(Tensor x, ForwardPass pass)
    {
        Tensor result = Product.Linear(x, Weight, bias, pass.Fused);
        if (pass.Adapters) Adapter?.AddTo(result, x);
        return result;
    }

    /// <summary>stream + x W^T + bias; in place or differentiable.</summary>
    public Tensor AddTo(Tensor stream, Tensor x, ForwardPass pass, bool inPlace)
    {
        Tensor result = Product.AddTo(stream, x, Weight, inPlace, pass.Fused);
        if (bias is not null) result = inPlace ? result.add_(bias) : result + bias;
        if (pass.Adapters) Adapter?.AddTo(result, x);
        return result;
    }

    /// <summary>Adds the adapter's part to the columns of a joint product that belong to this projection.</summary>
    public void AddAdapter(Tensor joint, int column, Tensor x)
    {
        if (Adapter is null) return;
        using Tensor columns = joint.narrow(1, column, Outputs);
        Adapter.AddTo(columns, x);
    }
}
