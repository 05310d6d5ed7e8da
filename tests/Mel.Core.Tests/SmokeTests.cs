namespace Mel.Core.Tests;

[TestFixture]
public sealed class SmokeTests
{
    [Test]
    public void Torch_Loads()
    {
        using var x = TorchSharp.torch.ones(3);
        x.sum().item<float>().Should().Be(3f);
    }
}
