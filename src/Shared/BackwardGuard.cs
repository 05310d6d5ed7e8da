using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Mel.Runtime;

/// <summary>
/// Both sides of a backward pass with custom functions: <c>Gradients</c> runs one such function, and <see cref="Run"/> runs the whole pass.
/// </summary>
/// <remarks>
/// An exception must not leave a custom backward function: it would travel through native frames and end the process. It is kept, and gradients of an
/// impossible shape make <c>backward()</c> itself throw on the caller's side, where <see cref="Run"/> finds it again.
/// <para>
/// A function gives up what its forward pass saved as soon as that is used: TorchSharp would keep it until the whole graph is gone, so that no activation were
/// freed before the last gradient is made. Gradients that come and go are given up as early: TorchSharp wraps them in tensors of the caller's dispose scope,
/// which would keep the gradients of all layers until the pass is over. libtorch holds its own references; those to results it takes after a function returns,
/// so they are let go by the next function.
/// </para>
/// <para>
/// A function of several outputs needs <c>set_materialize_grads(false)</c>: for outputs nothing depends on, TorchSharp makes zeros from tensors that belong to
/// whatever dispose scope the forward pass ran in and may be gone by then, which is an exception in native frames again.
/// </para>
/// </remarks>
internal static class BackwardGuard
{
    // Every package has a copy of this class, and what one keeps another has to find: the runtime holds it by name, for the thread and for the process.
    private const string Failure = "Mel.Runtime.BackwardFailure";

    private const string Released = "released";

    [ThreadStatic]
    private static Tensor?[]? _returned;

    /// <summary>Runs a backward pass.</summary>
    /// <param name="backward">Calls <c>backward()</c> of a tensor.</param>
    /// <exception cref="InvalidOperationException">A custom function failed; what it threw is the inner exception.</exception>
    public static void Run(Action backward)
    {
        Thread.SetData(Thread.GetNamedDataSlot(Failure), null);
        try
        {
            backward();
        }
        catch (Exception e) when (IsOfAFunction(e) && TakeFailure() is { } failure)
        {
            throw new InvalidOperationException($"The backward pass failed: {failure.Message}", failure);
        }
    }

    /// <summary>
    /// Gives the gradients of the tensors that come first among the arguments (null for one that needs none), and none for the others after them.
    /// </summary>
    /// <param name="context">What the forward pass saved.</param>
    /// <param name="upstream">Gradient of the output.</param>
    /// <param name="tensors">How many tensors the forward pass takes; each has at least one axis.</param>
    /// <param name="others">How many other arguments follow.</param>
    /// <param name="backward">Makes the gradients from the saved tensors and that of the output, in a dispose scope of its own and without recording.</param>
    public static List<Tensor> Gradients(
        autograd.AutogradContext context, Tensor upstream, int tensors, int others, Func<List<Tensor>, Tensor, Tensor?[]> backward)
        => Gradients(context, [upstream], tensors, others, saved => backward(saved, upstream.contiguous()));

    /// <summary>The same for a function of several outputs.</summary>
    public static List<Tensor> Gradients(
        autograd.AutogradContext context, List<Tensor> upstream, int tensors, int others, Func<List<Tensor>, Tensor?[]> backward)
    {
        foreach (Tensor? returned in _returned ?? []) returned?.Dispose();
        using (var scope = NewDisposeScope())
        using (no_grad())
        {
            _returned = Guarded(context, tensors, backward);
            foreach (Tensor? gradient in _returned) gradient?.MoveToOuterDisposeScope();
        }

        foreach (Tensor gradient in upstream) gradient.Dispose();
        return [.. _returned.Select(gradient => gradient!), .. new Tensor[others]];
    }

    private static Tensor?[] Guarded(autograd.AutogradContext context, int tensors, Func<List<Tensor>, Tensor?[]> backward)
    {
        try
        {
            if (context.get_data(Released) is not null)
            {
                throw new InvalidOperationException(
                    "The graph was differentiated before and holds nothing any more; compute the loss again for a second backward pass.");
            }

            Tensor?[] gradients = backward(context.get_saved_variables());
            context.save_data(Released, true);
            context.Dispose();
            return gradients;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            if (!IsOfAFunction(e)) Keep(e);                                             // else it came of a pass within this one, whose function kept the cause

            // libtorch sums a gradient of too many axes down to the shape it wants, where that is possible; it never adds an axis.
            return [.. Enumerable.Range(0, tensors).Select(_ => tensor(float.NaN))];
        }
    }

    private static bool IsOfAFunction(Exception e) => e is ExternalException && e.Message.Contains("invalid gradient", StringComparison.Ordinal);

    private static void Keep(Exception failure)
    {
        Thread.SetData(Thread.GetNamedDataSlot(Failure), failure);
        AppContext.SetData(Failure, failure);
    }

    /// <summary>What a function threw on this thread, which is where the functions of a CPU graph run; those of a GPU have threads of their own.</summary>
    private static Exception? TakeFailure()
    {
        var failure = (Exception?)(Thread.GetData(Thread.GetNamedDataSlot(Failure)) ?? AppContext.GetData(Failure));
        Thread.SetData(Thread.GetNamedDataSlot(Failure), null);
        AppContext.SetData(Failure, null);
        return failure;
    }
}
