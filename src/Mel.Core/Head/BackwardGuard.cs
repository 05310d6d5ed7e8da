using static TorchSharp.torch;

namespace Mel.Head;

/// <summary>
/// An exception must not leave a custom backward function: it would travel through native frames and end the process. The guard keeps it and gives gradients of
/// an impossible shape instead, which makes <c>backward()</c> itself throw on the caller's side.
/// </summary>
/// <remarks>
/// The functions here have one output each. With several, TorchSharp makes zeros for those nothing depends on, from tensors that belong to whatever dispose scope
/// the forward pass ran in and may be gone by then: the very exception in native frames that this guard is about.
/// </remarks>
internal static class BackwardGuard
{
    /// <summary>What the last failed backward function threw; libtorch's own message only says that a gradient has the wrong shape.</summary>
    public static Exception? LastFailure { get; private set; }

    /// <summary>Runs a backward function without gradient recording and in a dispose scope of its own: on a GPU it is called on a thread that has neither.</summary>
    /// <param name="context">What the forward pass saved.</param>
    /// <param name="upstream">Gradient of the output.</param>
    /// <param name="tensors">How many tensors the forward pass takes; they come first.</param>
    /// <param name="others">How many other arguments follow; they have no gradient.</param>
    /// <param name="backward">Gives the gradients of the tensors.</param>
    public static List<Tensor> Run(autograd.AutogradContext context, Tensor upstream, int tensors, int others, Func<autograd.AutogradContext, Tensor, IEnumerable<Tensor?>> backward)
    {
        using var scope = NewDisposeScope();
        using var constant = no_grad();
        try
        {
            return [.. backward(context, upstream).Select(gradient => gradient?.MoveToOuterDisposeScope()!), .. new Tensor[others]];
        }
        catch (Exception e)
        {
            LastFailure = e;
            return [.. Enumerable.Range(0, tensors).Select(_ => empty([1, 7, 1, 7, 1, 7]).MoveToOuterDisposeScope()), .. new Tensor[others]];
        }
    }
}
