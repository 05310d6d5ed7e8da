namespace Mel.Verifiers.Numbers;

/// <summary>A complex number of two <see cref="BigFloat"/>. Functions take principal values.</summary>
internal readonly record struct BigComplex(BigFloat Real, BigFloat Imaginary)
{
    public static BigComplex One => new(BigFloat.One, BigFloat.Zero);

    public static BigComplex NaN => new(BigFloat.NaN, BigFloat.NaN);

    public bool IsFinite => Real.IsFinite && Imaginary.IsFinite;

    public bool IsReal => Imaginary.IsZero;

    public bool IsZero => Real.IsZero && Imaginary.IsZero;

    public long Scale => Math.Max(Real.Scale, Imaginary.Scale);

    public static BigComplex operator -(BigComplex a) => new(-a.Real, -a.Imaginary);

    public static BigComplex operator +(BigComplex a, BigComplex b) => new(a.Real + b.Real, a.Imaginary + b.Imaginary);

    public static BigComplex operator -(BigComplex a, BigComplex b) => a + -b;

    public static BigComplex operator *(BigComplex a, BigComplex b)
        => a.IsReal && b.IsReal
            ? new(a.Real * b.Real, BigFloat.Zero)
            : new(a.Real * b.Real - a.Imaginary * b.Imaginary, a.Real * b.Imaginary + a.Imaginary * b.Real);

    public static BigComplex operator /(BigComplex a, BigComplex b)
    {
        if (b.IsReal) return new(a.Real / b.Real, a.IsReal ? BigFloat.Zero : a.Imaginary / b.Real);
        BigFloat norm = b.Real * b.Real + b.Imaginary * b.Imaginary;
        BigComplex product = a * new BigComplex(b.Real, -b.Imaginary);
        return new(product.Real / norm, product.Imaginary / norm);
    }

    public BigFloat Magnitude() => IsReal ? Real.Abs() : (Real * Real + Imaginary * Imaginary).Sqrt();

    public BigComplex Exp()
    {
        BigFloat magnitude = BigFloatFunctions.Exp(Real);
        if (IsReal) return new(magnitude, BigFloat.Zero);
        (BigFloat sin, BigFloat cos) = BigFloatFunctions.SinCos(Imaginary);
        return new(magnitude * cos, magnitude * sin);
    }

    public BigComplex Ln()
        => IsReal && Real.Sign > 0
            ? new(BigFloatFunctions.Ln(Real), BigFloat.Zero)
            : new(BigFloatFunctions.Ln(Magnitude()), BigFloatFunctions.Atan2(Imaginary, Real));

    public BigComplex Sqrt()
    {
        if (IsReal) return Real.Sign >= 0 ? new(Real.Sqrt(), BigFloat.Zero) : new(BigFloat.Zero, (-Real).Sqrt());
        BigFloat modulus = Magnitude();
        BigFloat re = (modulus + Real).Shift(-1).Sqrt(), im = (modulus - Real).Shift(-1).Sqrt();
        return new(re, Imaginary.Sign < 0 ? -im : im);
    }

    public (BigComplex Sin, BigComplex Cos) SinCos()
    {
        (BigFloat sin, BigFloat cos) = BigFloatFunctions.SinCos(Real);
        if (IsReal) return (new(sin, BigFloat.Zero), new(cos, BigFloat.Zero));
        BigFloat up = BigFloatFunctions.Exp(Imaginary), down = BigFloat.One / up;
        BigFloat cosh = (up + down).Shift(-1), sinh = (up - down).Shift(-1);
        return (new(sin * cosh, cos * sinh), new(cos * cosh, -(sin * sinh)));
    }
}
