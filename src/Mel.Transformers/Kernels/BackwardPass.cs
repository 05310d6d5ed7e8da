using static TorchSharp.torch;

namespace Mel.Transformers.Kernels;

/// <summary>
/// Runs the backward side of a custom function: in a dispose scope of its own, without recording, and giving up what the forward pass saved as soon as it is
/// used. TorchSharp would keep that until the whole graph is gone, so that no activation were freed before the last gradient is made.
/// </summary>
internal static class BackwardPass
{
    private const string Released = "released";

    /// <summary>Gives the gradients of the tensors that come first among the arguments (null for one that needs none), and none for the others after them.</summary>
    /// <remarks>
    /// An exception must not leave a custom backward function: it would travel through native frames and end the process. Gradients of an impossible shape make
    /// <c>backward()</c> itself throw on the caller's side.
    /// </remarks>
    public static List<Tensor> Run(autograd.AutogradContext context, Tensor upstream, int tensors, int others, Func<List<Tensor>, Tensor, Tensor?[]> backward)
    {
        using var scope = NewDisposeScope();
        using var constant = no_grad();
        try
        {
            if (context.get_data(Released) is not null) throw new InvalidOperationException("The graph was differentiated before and holds no activations any more.");
            Tensor?[] gradients = backward(context.get_saved_variables(), upstream.contiguous());
            Release(context);
            return [.. gradients.Select(g => g?.MoveToOuterDisposeScope()!), .. new Tensor[others]];
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return [.. Enumerable.Range(0, tensors).Select(_ => empty([1, 7, 1, 7, 1, 7]).MoveToOuterDisposeScope()), .. new Tensor[others]];
        }
    }

    private static void Release(autograd.AutogradContext context)
    {
        context.save_data(Released, true);
        context.Dispose();
    }
}
