using System.Runtime.Intrinsics;
using Mel.Head;
using Mel.Runtime;
using Mel.Testing;
using static TorchSharp.torch;

namespace Mel.Core.Tests.Head;

[TestFixture, NoTensorLeaks]
public sealed class LogitRowTests
{
    /// <param name="length">Of the row.</param>
    /// <param name="bits">Of a register; 0 for those that the processor has.</param>
    [Test]
    public void Loops_AnyLength_EqualASlowLoop([Values(1, 7, 8, 15, 16, 31, 32, 33, 1000)] int length, [Values(0, 256, 512)] int bits)
    {
        var random = new Random(length);
        float[] row = [.. Enumerable.Range(0, length).Select(_ => (float)(random.NextDouble() * 20 - 10))];
        const float scale = 0.7f, shift = 7f;
        float[] terms = [.. row];
        (float sum, float weighted) = SumExp(bits, terms, scale, shift, keep: true);
        SumExp(bits, [.. row], scale, shift, keep: false).Should().Be((sum, weighted));
        double[] z = [.. row.Select(x => (double)x * scale - shift)];
        sum.Should().BeApproximately((float)z.Sum(Math.Exp), (float)(1e-6 * z.Sum(Math.Exp)));
        weighted.Should().BeApproximately((float)z.Sum(v => Math.Exp(v) * v), (float)(2e-6 * z.Sum(v => Math.Exp(v) * Math.Abs(v))));
        for (int i = 0; i < length; i++) terms[i].Should().BeApproximately((float)Math.Exp(z[i]), (float)(1e-6 * Math.Exp(z[i])));
        LogitRow.Max(row).Should().Be(row.Max());
        float[] gradient = [.. row];
        switch (bits)
        {
            case 256: LogitRow.ToLogitGradient<Vector256<float>, Lanes256>(gradient, scale, shift, a: 0.5f, b: 0.25f); break;
            case 512: LogitRow.ToLogitGradient<Vector512<float>, Lanes512>(gradient, scale, shift, a: 0.5f, b: 0.25f); break;
            default: LogitRow.ToLogitGradient(gradient, scale, shift, a: 0.5f, b: 0.25f); break;
        }
        for (int i = 0; i < length; i++)
        {
            double expected = -scale * Math.Exp(z[i]) * (0.5 + 0.25 * z[i]);
            gradient[i].Should().BeApproximately((float)expected, 2e-5f * (1 + (float)Math.Abs(Math.Exp(z[i]) * z[i])));
        }
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

    private static (float Sum, float Weighted) SumExp(int bits, float[] row, float scale, float shift, bool keep) => bits switch
    {
        256 => LogitRow.SumExp<Vector256<float>, Lanes256>(row, scale, shift, weighted: true, keep),
        512 => LogitRow.SumExp<Vector512<float>, Lanes512>(row, scale, shift, weighted: true, keep),
        _ => LogitRow.SumExp(row, scale, shift, weighted: true, keep),
    };
}
