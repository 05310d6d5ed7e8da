using NUnit.Framework.Interfaces;
using TorchSharp;

namespace Mel.Testing;

/// <summary>Fails a test after which more tensors are alive than before: everything a test makes is disposed or lies in a closed scope.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class NoTensorLeaksAttribute : Attribute, ITestAction
{
    private long _before;

    /// <summary>
    /// Counts the tensors of the whole process: for tests that await work which goes on on another thread. Within one thread the count is stricter, for it takes
    /// a tensor that only the garbage collector freed as leaked.
    /// </summary>
    public bool AcrossThreads { get; init; }

    /// <inheritdoc/>
    public ActionTargets Targets => ActionTargets.Test;

    /// <inheritdoc/>
    public void BeforeTest(ITest test)
    {
        if (AcrossThreads)
        {
            // What earlier tests left to finalizers must not be counted in this test's favour.
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        _before = Live;
    }

    /// <inheritdoc/>
    public void AfterTest(ITest test)
    {
        long leaked = Live - _before;
        leaked.Should().Be(0, "every tensor a test makes must be disposed, but {0} are alive after {1}", leaked, test.FullName);
    }

    private long Live => AcrossThreads ? torch.Tensor.TotalCount : DisposeScopeManager.Statistics.ThreadTotalLiveCount;
}
