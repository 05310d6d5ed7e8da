using Mel.Head;
using Mel.Testing;
using static TorchSharp.torch;

namespace Mel.Core.Tests.Head;

[TestFixture(false), TestFixture(true), NoTensorLeaks]
public sealed class VectorMathTests(bool narrowOnly)
{
    [SetUp]
    public void ChoosePath() => Lanes.NarrowOnly = narrowOnly;

    [TearDown]
    public void UseEveryPathAgain() => Lanes.NarrowOnly = false;

    [Test]
    public void Exp_EveryThousandthFloat_IsWithinOneUlp()
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
    public void Exp_SpecialValues_AreThoseOfTheFunction(float x, float expected) => Exp(x).Should().Be(expected);

    [TestCase(-100f), TestCase(float.NegativeInfinity)]
    public void Exp_FarBelowZero_IsNextToNothing(float x) => Exp(x).Should().BeInRange(0, 2e-38f);

    [Test]
    public void RowLoops_AnyLength_EqualASlowLoop([Values(1, 7, 8, 15, 16, 31, 32, 33, 1000)] int length)
    {
        var random = new Random(length);
        float[] row = [.. Enumerable.Range(0, length).Select(_ => (float)(random.NextDouble() * 20 - 10))];
        const float scale = 0.7f, shift = 7f;
        float[] terms = [.. row];
        (float sum, float weighted) = LogitRow.SumExp(terms, scale, shift, weighted: true, keep: true);
        LogitRow.SumExp([.. row], scale, shift, weighted: true, keep: false).Should().Be((sum, weighted));
        double[] z = [.. row.Select(x => (double)x * scale - shift)];
        sum.Should().BeApproximately((float)z.Sum(Math.Exp), (float)(1e-6 * z.Sum(Math.Exp)));
        weighted.Should().BeApproximately((float)z.Sum(v => Math.Exp(v) * v), (float)(2e-6 * z.Sum(v => Math.Exp(v) * Math.Abs(v))));
        for (int i = 0; i < length; i++) terms[i].Should().BeApproximately((float)Math.Exp(z[i]), (float)(1e-6 * Math.Exp(z[i])));
        LogitRow.Max(row).Should().Be(row.Max());
        float[] gradient = [.. row];
        LogitRow.ToLogitGradient(gradient, scale, shift, a: 0.5f, b: 0.25f);
        for (int i = 0; i < length; i++) gradient[i].Should().BeApproximately((float)(-scale * Math.Exp(z[i]) * (0.5 + 0.25 * z[i])), 2e-5f * (1 + (float)Math.Abs(Math.Exp(z[i]) * z[i])));
    }

    [Test]
    public void WidenAndNarrow_AnyLength_EqualTheConversionsOfLibtorch([Values(1, 15, 16, 31, 32, 33, 1000)] int length)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(1);
        Tensor wide = randn(length, generator: generator), narrow = wide.to_type(ScalarType.BFloat16), back = narrow.to_type(ScalarType.Float32);
        var bits = new ushort[length];
        LogitRow.Narrow(wide.data<float>().ToArray(), bits);
        bits.Should().Equal(System.Runtime.InteropServices.MemoryMarshal.Cast<byte, ushort>(narrow.bytes).ToArray());
        var values = new float[length];
        LogitRow.Widen(bits, values);
        values.Should().Equal(back.data<float>().ToArray());
    }

    private static float Exp(float x) => Lanes.AreWide ? Exp<Lanes512<float>>(x) : Exp<Lanes256<float>>(x);

    private static float Exp<V>(float x)
        where V : struct, ILanes<V, float>
    {
        Span<float> lanes = stackalloc float[V.Count];
        V.Store(VectorMath.Exp<V, float>(V.Create(x)), ref lanes[0], 0);
        return lanes[3];
    }
}
