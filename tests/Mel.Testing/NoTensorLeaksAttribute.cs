using NUnit.Framework.Interfaces;
using TorchSharp;

namespace Mel.Testing;

/// <summary>Fails a test after which more tensors are alive on its thread than before: everything a test makes is disposed or lies in a closed scope.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class NoTensorLeaksAttribute : Attribute, ITestAction
{
    private long _before;

    /// <inheritdoc/>
    public ActionTargets Targets => ActionTargets.Test;

    /// <inheritdoc/>
    public void BeforeTest(ITest test) => _before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;

    /// <inheritdoc/>
    public void AfterTest(ITest test)
    {
        long leaked = DisposeScopeManager.Statistics.ThreadTotalLiveCount - _before;
        leaked.Should().Be(0, "every tensor a test makes must be disposed, but {0} are alive after {1}", leaked, test.FullName);
    }
}
