using System.Numerics;
using Mel.Transformers.Kernels;

namespace Mel.Transformers.Tests.Kernels;

[TestFixture]
public sealed class SimdTests
{
    [Test]
    public void Exp_WholeRange_IsWithinTwoUnitsOfTheLastPlace()
    {
        for (float x = -87.2f; x < 88.3f; x += 0.00371f)
        {
            double expected = Math.Exp(x);
            Math.Abs(Simd.Exp(new Vector<float>(x))[0] - expected)
                .Should().BeLessThanOrEqualTo(2 * MathF.BitIncrement((float)expected) - 2 * expected + 1e-44, "e^{0}", x);
        }
    }

    [TestCase(float.NegativeInfinity, 0)]
    [TestCase(-100, 0)]
    [TestCase(0, 1)]
    [TestCase(100, float.PositiveInfinity)]
    [TestCase(float.PositiveInfinity, float.PositiveInfinity)]
    public void Exp_BeyondFloat32_IsItsLimit(float x, float expected) => Simd.Exp(new Vector<float>(x))[0].Should().Be(expected);

    [Test]
    public void Exp_NotANumber_StaysNotANumber() => float.IsNaN(Simd.Exp(new Vector<float>(float.NaN))[0]).Should().BeTrue();
}
