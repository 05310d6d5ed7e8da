using NUnit.Framework.Interfaces;
using TorchSharp;

namespace Mel.Testing;

/// <summary>
/// Fails a test after which more tensors are alive than before: everything a test makes is disposed or lies in a closed scope. Counts over all threads, for an
/// asynchronous test may end on another thread than it began; so fixtures that carry it do not run side by side.
/// </summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class NoTensorLeaksAttribute : Attribute, ITestAction
{
    private long _before;

    /// <inheritdoc/>
    public ActionTargets Targets => ActionTargets.Test;

    /// <inheritdoc/>
    public void BeforeTest(ITest test)
    {
        // What an earlier test left to finalizers must not be counted in this one's favor.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        _before = torch.Tensor.TotalCount;
    }

    /// <inheritdoc/>
    public void AfterTest(ITest test)
    {
        long leaked = torch.Tensor.TotalCount - _before;
        leaked.Should().Be(0, "every tensor a test makes must be disposed, but {0} are alive after {1}", leaked, test.FullName);
    }
}
