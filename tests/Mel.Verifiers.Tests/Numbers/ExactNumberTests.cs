using System.Numerics;
using Mel.Verifiers.Numbers;

namespace Mel.Verifiers.Tests.Numbers;

[TestFixture]
public sealed class ExactNumberTests
{
    [Test]
    public void Rational_IsReduced_WithAPositiveDenominator()
    {
        BigRational value = new(6, -4);
        value.Numerator.Should().Be(new BigInteger(-3));
        value.Denominator.Should().Be(new BigInteger(2));
        value.Floor().Should().Be(new BigInteger(-2));
        value.Ceiling().Should().Be(new BigInteger(-1));
        default(BigRational).Should().Be(new BigRational(0));
    }

    [TestCase(7, 8, 3, "7/8"), TestCase(2, 3, 2, "67/100"), TestCase(-1, 2, 0, "-1"), TestCase(1, 8, 2, "13/100")]
    public void Round_HalfAwayFromZero(int numerator, int denominator, int places, string expected)
        => new BigRational(numerator, denominator).Round(places).ToString().Should().Be(expected);

    [TestCase(40, true), TestCase(125, true), TestCase(6, false), TestCase(7, false)]
    public void HasFiniteDecimal_OnlyTwosAndFives(int denominator, bool finite) => new BigRational(1, denominator).HasFiniteDecimal().Should().Be(finite);

    [Test]
    public void PrimeFields_ArePrimeFields_WithASquareRootOfMinusOne()
    {
        foreach (PrimeField field in new[] { PrimeField.First, PrimeField.Second })
        {
            IsPrime(field.Modulus).Should().BeTrue();
            field.Multiply(field.ImaginaryUnit, field.ImaginaryUnit).Should().Be(field.Modulus - 1);
            field.Multiply(12345, field.Inverse(12345)).Should().Be(1);
            field.Totients[0].Should().Be(field.Modulus - 1);
            field.Totients[^1].Should().Be(1);
        }
    }

    // Miller-Rabin with the bases that decide every number below 2^64
    private static bool IsPrime(ulong n)
    {
        ulong odd = n - 1;
        int twos = BitOperations.TrailingZeroCount(odd);
        odd >>= twos;
        foreach (ulong witness in new ulong[] { 2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37 })
        {
            ulong x = PrimeField.Power(witness, odd, n);
            if (x is 1 || x == n - 1) continue;
            bool composite = true;
            for (int i = 1; i < twos && composite; i++)
            {
                x = PrimeField.Multiply(x, x, n);
                composite = x != n - 1;
            }
            if (composite) return false;
        }
        return true;
    }
}
