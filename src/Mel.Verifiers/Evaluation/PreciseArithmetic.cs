using System.Numerics;
using Mel.Verifiers.Numbers;

namespace Mel.Verifiers.Evaluation;

/// <summary>Complex numbers of <see cref="BigFloat.Precision"/> bits.</summary>
internal readonly struct PreciseArithmetic : IArithmetic<BigComplex>
{
    // noise below 2^-220 of a value is no value
    private const int NoiseBits = 220;

    public static int Cost => 8;

    public static int ReliableBits => 210;

    // 2^6: e^-128 is still told from zero
    public static int SaturationScale => 6;

    public static BigComplex Pi => Real(BigFloatFunctions.Pi);

    public static BigComplex E { get; } = Real(BigFloatFunctions.Exp(BigFloat.One));

    public static BigComplex ImaginaryUnit => new(BigFloat.Zero, BigFloat.One);

    public static BigComplex Undefined => BigComplex.NaN;

    public static BigComplex FromRational(BigRational value) => Real(BigFloat.FromRational(value));

    public static bool IsFinite(BigComplex value) => value.IsFinite;

    public static bool IsReal(BigComplex value) => value.IsReal || value.Imaginary.Scale < value.Real.Scale - NoiseBits;

    public static BigComplex Add(BigComplex a, BigComplex b) => a + b;

    public static BigComplex Multiply(BigComplex a, BigComplex b) => a * b;

    public static BigComplex Divide(BigComplex a, BigComplex b) => b.IsZero ? BigComplex.NaN : a / b;

    public static BigComplex Power(BigComplex a, BigComplex b)
    {
        if (a.IsZero) return b.IsReal && b.Real.Sign > 0 ? a : BigComplex.NaN;
        if (ToInteger(b) is { } n && Math.Abs(n) <= 65536) return n >= 0 ? Power(a, (int)n) : Divide(BigComplex.One, Power(a, (int)-n));
        return (a.Ln() * b).Exp();
    }

    public static BigComplex Root(BigComplex a, BigComplex n)
    {
        if (a.IsZero) return a;
        bool square = n.IsReal && n.Real.CompareTo(2) == 0;
        if (square) return a.Sqrt();
        if (a.IsReal && a.Real.Sign < 0 && ToInteger(n) is { } odd && odd % 2 != 0) return -Root(-a, n);
        return (a.Ln() / n).Exp();
    }

    public static BigComplex Function(string name, BigComplex a)
    {
        if (name is "sin" or "cos" or "tan" or "cot" or "sec" or "csc")
        {
            (BigComplex sin, BigComplex cos) = a.SinCos();
            return name switch
            {
                "sin" => sin,
                "cos" => cos,
                "tan" => Ratio(sin, cos),
                "cot" => Ratio(cos, sin),
                "sec" => Ratio(BigComplex.One, cos),
                _ => Ratio(BigComplex.One, sin),
            };
        }
        switch (name)
        {
            case "sinh": return Half(a.Exp() - (-a).Exp());
            case "cosh": return Half(a.Exp() + (-a).Exp());
            case "tanh": return Ratio(a.Exp() - (-a).Exp(), a.Exp() + (-a).Exp());
            case "coth": return Ratio(a.Exp() + (-a).Exp(), a.Exp() - (-a).Exp());
            case "arcsin": return ArcSin(a);
            case "arccos": return Half(Pi) - ArcSin(a);
            case "arctan" when a.IsReal: return Real(BigFloatFunctions.Atan(a.Real));
            case "arccot" when a.IsReal: return Half(Pi) - Real(BigFloatFunctions.Atan(a.Real));
            case "arcsinh": return (a + (a * a + BigComplex.One).Sqrt()).Ln();
            case "arccosh": return (a + (a * a - BigComplex.One).Sqrt()).Ln();
            case "arctanh": return Half(Ratio(BigComplex.One + a, BigComplex.One - a).Ln());
            case "ln": return a.IsZero ? BigComplex.NaN : a.Ln();
            case "abs": return Real(a.Magnitude());
            case "floor" when IsReal(a): return Floor(a.Real);
            case "ceil" when IsReal(a): return -Floor(-a.Real);
            case "re": return Real(a.Real);
            case "im": return Real(a.Imaginary);
            case "conj": return new BigComplex(a.Real, -a.Imaginary);
            default: return BigComplex.NaN;
        }
    }

    public static long? ToInteger(BigComplex value)
    {
        if (!IsReal(value) || value.Real.Scale > 62) return null;
        BigFloat half = BigFloat.One.Shift(-1);
        if ((value.Real + half).Floor() is not { } nearest) return null;
        BigFloat rest = value.Real - BigFloat.Create(nearest, 0);
        return rest.IsZero || rest.Scale < -200 ? (long)nearest : null;
    }

    public static long Scale(BigComplex value) => value.Scale;

    public static int Compare(BigComplex a, BigComplex b) => a.Real.CompareTo(b.Real);

    private static BigComplex Real(BigFloat value) => new(value, BigFloat.Zero);

    private static BigComplex Half(BigComplex value) => new(value.Real.Shift(-1), value.Imaginary.Shift(-1));

    private static BigComplex Ratio(BigComplex a, BigComplex b) => b.IsZero || b.Scale < -240 ? BigComplex.NaN : a / b;

    private static BigComplex Power(BigComplex a, int n)
    {
        BigComplex result = BigComplex.One;
        for (; n > 0; n >>= 1)
        {
            if ((n & 1) == 1) result *= a;
            if (n > 1) a *= a;
        }
        return result;
    }

    // arcsin z = -i ln(iz + sqrt(1 - z^2)); real arguments within [-1, 1] go through the arc tangent
    private static BigComplex ArcSin(BigComplex a)
    {
        if (a.IsReal && a.Real.Abs().CompareTo(BigFloat.One) <= 0)
            return Real(BigFloatFunctions.Atan2(a.Real, (BigFloat.One - a.Real * a.Real).Sqrt()));
        BigComplex inner = (ImaginaryUnit * a + (BigComplex.One - a * a).Sqrt()).Ln();
        return new BigComplex(inner.Imaginary, -inner.Real);
    }

    private static BigComplex Floor(BigFloat x)
    {
        BigFloat half = BigFloat.One.Shift(-1);
        if ((x + half).Floor() is not { } nearest || x.Floor() is not { } floor) return BigComplex.NaN;
        BigFloat rest = x - BigFloat.Create(nearest, 0);
        BigInteger result = rest.IsZero || rest.Scale < -200 ? nearest : floor;
        return Real(BigFloat.Create(result, 0));
    }
}
