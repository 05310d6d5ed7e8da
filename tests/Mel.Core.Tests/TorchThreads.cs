using TorchSharp;

namespace Mel.Core.Tests;

/// <summary>One torch thread for the whole assembly: results do not depend on the machine, and tests do not fight for cores.</summary>
[SetUpFixture]
public sealed class TorchThreads
{
    [OneTimeSetUp]
    public void SetOne() => torch.set_num_threads(1);
}
