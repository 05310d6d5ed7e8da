using System.Numerics;
using Mel.Verifiers.Numbers;

namespace Mel.Verifiers.Evaluation;

/// <summary>Arithmetic of complex doubles. Real arguments give exactly real values where the function is real.</summary>
internal readonly struct DoubleArithmetic : IArithmetic<Complex>
{
    public static int Cost => 1;

    // doubles only reject, so nothing hangs on what they lose
    public static int ReliableBits => int.MaxValue;

    public static int SaturationScale => int.MaxValue;

    public static Complex Pi => Math.PI;

    public static Complex E => Math.E;

    public static Complex ImaginaryUnit => Complex.ImaginaryOne;

    public static Complex Undefined => new(double.NaN, double.NaN);

    public static Complex FromRational(BigRational value) => value.ToDouble();

    public static bool IsFinite(Complex value) => double.IsFinite(value.Real) && double.IsFinite(value.Imaginary);

    public static bool IsReal(Complex value) => Math.Abs(value.Imaginary) <= 1e-9 * Math.Max(1e-30, Math.Abs(value.Real));

    public static Complex Add(Complex a, Complex b) => a + b;

    public static Complex Multiply(Complex a, Complex b) => a.Imaginary == 0 && b.Imaginary == 0 ? a.Real * b.Real : a * b;

    public static Complex Divide(Complex a, Complex b)
        => b == Complex.Zero ? Undefined : a.Imaginary == 0 && b.Imaginary == 0 ? a.Real / b.Real : a / b;

    public static Complex Power(Complex a, Complex b)
    {
        if (a == Complex.Zero) return b.Real > 0 && b.Imaginary == 0 ? 0 : Undefined;
        if (a.Imaginary == 0 && b.Imaginary == 0 && (a.Real > 0 || b.Real == Math.Floor(b.Real))) return Math.Pow(a.Real, b.Real);
        return Complex.Pow(a, b);
    }

    public static Complex Root(Complex a, Complex n)
    {
        if (a.Imaginary != 0 || n.Imaginary != 0) return Complex.Pow(a, 1 / n);
        if (a.Real >= 0) return n.Real == 2 ? Math.Sqrt(a.Real) : n.Real == 3 ? Math.Cbrt(a.Real) : Math.Pow(a.Real, 1 / n.Real);
        if (Math.Abs(n.Real % 2) == 1) return -Math.Pow(-a.Real, 1 / n.Real);
        return n.Real == 2 ? new Complex(0, Math.Sqrt(-a.Real)) : Complex.Pow(a, 1 / n);
    }

    public static Complex Function(string name, Complex a)
    {
        bool real = a.Imaginary == 0;
        double x = a.Real;
        return name switch
        {
            "sin" => real ? Math.Sin(x) : Complex.Sin(a),
            "cos" => real ? Math.Cos(x) : Complex.Cos(a),
            "tan" => real ? Math.Tan(x) : Complex.Tan(a),
            "cot" => 1 / (real ? Math.Tan(x) : Complex.Tan(a)),
            "sec" => 1 / (real ? Math.Cos(x) : Complex.Cos(a)),
            "csc" => 1 / (real ? Math.Sin(x) : Complex.Sin(a)),
            "sinh" => Complex.Sinh(a),
            "cosh" => Complex.Cosh(a),
            "tanh" => real ? Math.Tanh(x) : Complex.Tanh(a),
            "coth" => 1 / (real ? Math.Tanh(x) : Complex.Tanh(a)),
            "arcsin" => real && Math.Abs(x) <= 1 ? Math.Asin(x) : Complex.Asin(a),
            "arccos" => real && Math.Abs(x) <= 1 ? Math.Acos(x) : Complex.Acos(a),
            "arctan" => real ? Math.Atan(x) : Complex.Atan(a),
            "arccot" => real ? Math.PI / 2 - Math.Atan(x) : Undefined,
            "arcsinh" => real ? Math.Asinh(x) : Undefined,
            "arccosh" => real && x >= 1 ? Math.Acosh(x) : Undefined,
            "arctanh" => real && Math.Abs(x) < 1 ? Math.Atanh(x) : Undefined,
            "ln" => a == Complex.Zero ? Undefined : real && x > 0 ? Math.Log(x) : Complex.Log(a),
            "abs" => Complex.Abs(a),
            "floor" => IsReal(a) ? Rounded(x, Math.Floor) : Undefined,
            "ceil" => IsReal(a) ? Rounded(x, Math.Ceiling) : Undefined,
            "re" => x,
            "im" => a.Imaginary,
            "conj" => Complex.Conjugate(a),
            _ => Undefined,
        };
    }

    public static long? ToInteger(Complex value)
    {
        double rounded = Math.Round(value.Real);
        return IsReal(value) && Math.Abs(rounded) < 1e15 && Math.Abs(value.Real - rounded) <= 1e-9 * Math.Max(1, Math.Abs(rounded)) ? (long)rounded : null;
    }

    public static long Scale(Complex value)
        => value == Complex.Zero ? long.MinValue / 4
            : IsFinite(value) ? Math.ILogB(Math.Max(Math.Abs(value.Real), Math.Abs(value.Imaginary))) + 1 : 0;

    public static int Compare(Complex a, Complex b) => a.Real.CompareTo(b.Real);

    // 2.9999999999 is three after rounding errors
    private static double Rounded(double x, Func<double, double> round)
    {
        double nearest = Math.Round(x);
        return Math.Abs(x - nearest) <= 1e-9 * Math.Max(1, Math.Abs(x)) ? nearest : round(x);
    }
}
