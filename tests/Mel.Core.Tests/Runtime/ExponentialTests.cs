using System.Numerics;
using System.Runtime.Intrinsics;
using Mel.Runtime;

namespace Mel.Core.Tests.Runtime;

/// <param name="bits">Of a register; 0 for <see cref="Vector{T}"/>.</param>
[TestFixture(0), TestFixture(256), TestFixture(512)]
public sealed class ExponentialTests(int bits)
{
    [Test]
    public void Of_EveryThousandthFloat_IsWithinOneUlp()
    {
        double worst = 0;
        for (float sign = -1; sign <= 1; sign += 2)
            for (int bits = BitConverter.SingleToInt32Bits(1e-7f); bits < BitConverter.SingleToInt32Bits(87.3f); bits += 1000)
            {
                float x = sign * BitConverter.Int32BitsToSingle(bits);
                double exact = Math.Exp(x), error = Math.Abs(Exp(x) - exact) / (MathF.BitIncrement((float)exact) - (float)exact);
                worst = Math.Max(worst, error);
            }
        worst.Should().BeLessThan(1);
    }

    [TestCase(0f, 1f), TestCase(-0f, 1f), TestCase(float.NaN, float.NaN), TestCase(89f, float.PositiveInfinity), TestCase(float.PositiveInfinity, float.PositiveInfinity)]
    public void Of_SpecialValues_AreThoseOfTheFunction(float x, float expected) => Exp(x).Should().Be(expected);

    [TestCase(-88f), TestCase(-100f), TestCase(float.NegativeInfinity)]
    public void Of_FarBelowZero_IsZero(float x) => Exp(x).Should().Be(0);

    private float Exp(float x) => bits switch
    {
        256 => Exp<Vector256<float>, Lanes256>(x),
        512 => Exp<Vector512<float>, Lanes512>(x),
        _ => Exp<Vector<float>, WidestLanes>(x),
    };

    private static unsafe float Exp<TVector, TLanes>(float x)
        where TVector : unmanaged
        where TLanes : struct, ILanes<TVector>
    {
        float* lanes = stackalloc float[TLanes.Count];
        TLanes.Store(Exponential.Of<TVector, TLanes>(TLanes.Create(x)), lanes);
        return lanes[TLanes.Count - 1];
    }
}
