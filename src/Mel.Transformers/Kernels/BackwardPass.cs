using static TorchSharp.torch;

namespace Mel.Transformers.Kernels;

/// <summary>
/// Runs the backward side of a custom function: in a dispose scope of its own, without recording, and giving up what the forward pass saved as soon as it is
/// used. TorchSharp would keep that until the whole graph is gone, so that no activation were freed before the last gradient is made.
/// </summary>
/// <remarks>
/// The gradients that come and go are given up as early: TorchSharp wraps them in tensors of the caller's dispose scope, which would keep the gradients of all
/// layers until the pass is over. libtorch holds its own references; those to results it takes after this returns, so they are let go by the next function.
/// </remarks>
internal static class BackwardPass
{
    private const string Released = "released";

    [ThreadStatic]
    private static Tensor?[]? _returned;

    /// <summary>What the last failed backward function threw; libtorch's own message only says that a gradient has the wrong shape.</summary>
    public static Exception? LastFailure { get; private set; }

    /// <summary>Gives the gradients of the tensors that come first among the arguments (null for one that needs none), and none for the others after them.</summary>
    /// <remarks>
    /// An exception must not leave a custom backward function: it would travel through native frames and end the process. Gradients of an impossible shape make
    /// <c>backward()</c> itself throw on the caller's side.
    /// </remarks>
    public static List<Tensor> Run(autograd.AutogradContext context, Tensor upstream, int tensors, int others, Func<List<Tensor>, Tensor, Tensor?[]> backward)
        => Run(context, [upstream], tensors, others, saved => backward(saved, upstream.contiguous()));

    /// <summary>The same for a function of several outputs.</summary>
    public static List<Tensor> Run(autograd.AutogradContext context, List<Tensor> upstream, int tensors, int others, Func<List<Tensor>, Tensor?[]> backward)
    {
        foreach (Tensor? returned in _returned ?? []) returned?.Dispose();
        using (var scope = NewDisposeScope())
        using (no_grad())
        {
            _returned = Gradients(context, tensors, backward);
            foreach (Tensor? gradient in _returned) gradient?.MoveToOuterDisposeScope();
        }

        foreach (Tensor gradient in upstream) gradient.Dispose();
        return [.. _returned.Select(gradient => gradient!), .. new Tensor[others]];
    }

    private static Tensor?[] Gradients(autograd.AutogradContext context, int tensors, Func<List<Tensor>, Tensor?[]> backward)
    {
        try
        {
            if (context.get_data(Released) is not null) throw new InvalidOperationException("The graph was differentiated before and holds no activations any more.");
            Tensor?[] gradients = backward(context.get_saved_variables());
            context.save_data(Released, true);
            context.Dispose();
            return gradients;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            LastFailure = e;
            return [.. Enumerable.Range(0, tensors).Select(_ => empty([1, 7, 1, 7, 1, 7]))];
        }
    }
}
