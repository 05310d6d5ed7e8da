using System.Numerics;
using Mel.Verifiers.Evaluation;
using Mel.Verifiers.Numbers;
using Mel.Verifiers.Syntax;

namespace Mel.Verifiers.Equivalence;

internal sealed partial class ScalarComparer
{
    // A decimal against an exact value, or two decimals: equal to the places and the relative tolerance of the rules; or the gold is a correct rounding of
    // an exact prediction.
    private bool IsRoundingOf(Node a, Node b, bool isGoldFirst)
    {
        if (a.Has(Traits.Variables) || b.Has(Traits.Variables)) return IsCloseEverywhere(a, b);
        if (RealValue(a) is not { } x || RealValue(b) is not { } y) return IsCloseEverywhere(a, b);
        BigRational difference = (x - y).Abs(), tolerance = BigRational.PowerOfTen(-rules.DecimalPlaces);
        BigRational largest = isGoldFirst ? x.Abs() : y.Abs();
        if (difference <= tolerance && difference <= tolerance * largest) return true;
        (Node gold, BigRational goldValue, Node other, BigRational otherValue) = isGoldFirst ? (a, x, b, y) : (b, y, a, x);
        if (IsLongRounding(other, otherValue, goldValue) || IsLongRounding(gold, goldValue, otherValue)) return true;
        return rules.GoldMayBeRounded && gold.Decimals >= 1 && !other.Has(Traits.Decimal) && !(other.IsNumber && otherValue.HasFiniteDecimal())
            && SignificantDigits(gold) >= 3 && otherValue.Round(gold.Decimals).Equals(goldValue);
    }

    // ten significant digits or more, correctly rounded, of a value that is no integer
    private static bool IsLongRounding(Node rounded, BigRational value, BigRational exact)
        => rounded.Decimals >= 1 && !exact.IsInteger && SignificantDigits(rounded) >= 10 && exact.Round(rounded.Decimals).Equals(value);

    private static int SignificantDigits(Node number)
    {
        BigInteger digits = (number.Value.Abs() * BigRational.PowerOfTen(Math.Max(0, number.Decimals))).Numerator;
        return digits.IsZero ? 0 : (int)Math.Floor(BigInteger.Log10(digits) + 1e-9) + 1;
    }

    private bool IsCloseEverywhere(Node a, Node b)
    {
        SampleDomain domain = DomainOf(a.Traits | b.Traits);
        int valid = 0;
        double tolerance = Math.Pow(10, -rules.DecimalPlaces);
        bool branches = StructuredPoints.HasBranches(a) || StructuredPoints.HasBranches(b);
        foreach (SamplePoint point in Points(a, b, domain))
        {
            if (valid >= NumericPoints && !branches) break;
            Complex x = Doubles(a, point, false, out _), y = Doubles(b, point, false, out _);
            if (!DoubleArithmetic.IsFinite(x) || !DoubleArithmetic.IsFinite(y)) continue;
            double difference = Complex.Abs(x - y);
            // far out a rounded coefficient drifts; another branch is wrong by all of the value
            if (valid >= NumericPoints)
            {
                if (difference > 0.5 * Math.Max(Complex.Abs(x), Complex.Abs(y)) && difference > 1e-3) return false;
                continue;
            }
            if (difference > tolerance * Math.Min(Complex.Abs(x), Complex.Abs(y))
                || difference > tolerance * Math.Max(1, a.Has(Traits.Variables) ? Complex.Abs(x) : 1)) return false;
            valid++;
            if (!a.Has(Traits.Variables) && !b.Has(Traits.Variables)) return true;
        }
        return valid >= 3;
    }

    // the value of a real constant as a rational of some 280 bits
    private BigRational? RealValue(Node node)
    {
        if (node.IsNumber) return node.Value;
        PointEvaluator<BigComplex, PreciseArithmetic> evaluator = new(new SamplePoint(SampleDomain.Real, 0), naturalLog: false, budget);
        BigComplex value = evaluator.Evaluate(node);
        if (!value.IsFinite || !PreciseArithmetic.IsReal(value) || Math.Abs(value.Real.Exponent) > 20000) return null;
        return value.Real.Exponent >= 0
            ? new BigRational(value.Real.Mantissa << (int)value.Real.Exponent)
            : new BigRational(value.Real.Mantissa, BigInteger.One << (int)-value.Real.Exponent);
    }
}
