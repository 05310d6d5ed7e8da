using System.Numerics;
using Mel.Verifiers.Numbers;

namespace Mel.Verifiers.Tests.Numbers;

[TestFixture]
public sealed class BigFloatTests
{
    private static readonly double[] Samples = [0.001, 0.3, 0.5, 1, 1.7, 2.5, 10, 123.456];

    [TestCaseSource(nameof(Samples))]
    public void Functions_AgainstDoubles_Agree(double value)
    {
        BigFloat x = BigFloat.FromRational(new BigRational(new BigInteger(value * 1e6), 1000000));
        double y = x.ToDouble();
        BigFloatFunctions.Exp(x).ToDouble().Should().BeApproximately(Math.Exp(y), 1e-13 * Math.Exp(y));
        BigFloatFunctions.Ln(x).ToDouble().Should().BeApproximately(Math.Log(y), 1e-13 * Math.Max(1, Math.Abs(Math.Log(y))));
        BigFloatFunctions.Atan(x).ToDouble().Should().BeApproximately(Math.Atan(y), 1e-14);
        BigFloatFunctions.SinCos(x).Sin.ToDouble().Should().BeApproximately(Math.Sin(y), 1e-13);
        BigFloatFunctions.SinCos(x).Cos.ToDouble().Should().BeApproximately(Math.Cos(y), 1e-13);
        x.Sqrt().ToDouble().Should().BeApproximately(Math.Sqrt(y), 1e-14 * Math.Max(1, Math.Sqrt(y)));
    }

    [TestCaseSource(nameof(Samples))]
    public void Identities_HoldTo250Bits(double value)
    {
        BigFloat x = BigFloat.FromRational(new BigRational(new BigInteger(value * 1e6), 1000000));
        Close(BigFloatFunctions.Ln(BigFloatFunctions.Exp(x)), x);
        (BigFloat sin, BigFloat cos) = BigFloatFunctions.SinCos(x);
        Close(sin * sin + cos * cos, BigFloat.One);
        Close(x.Sqrt() * x.Sqrt(), x);
        Close(BigFloatFunctions.SinCos(BigFloatFunctions.Atan(x)).Sin * (BigFloat.One + x * x).Sqrt(), x);
    }

    [Test]
    public void Pi_Has80KnownDigits()
        => (BigFloatFunctions.Pi * BigFloat.FromRational(BigRational.PowerOfTen(79))).Floor()!.Value.ToString(System.Globalization.CultureInfo.InvariantCulture)
            .Should().Be("31415926535897932384626433832795028841971693993751058209749445923078164062862089");

    [Test]
    public void Add_TinyToLarge_KeepsTheLarge() => (BigFloat.One + BigFloat.One.Shift(-1000)).CompareTo(BigFloat.One).Should().Be(0);

    private static void Close(BigFloat a, BigFloat b) => (a - b).Scale.Should().BeLessThan(Math.Max(a.Scale, 1) - 250);
}
