namespace Mel.Verifiers.Tests.Oracle;

/// <summary>A complex number of the oracle.</summary>
internal readonly record struct Complex(Fixed Re, Fixed Im)
{
    public static Complex operator +(Complex a, Complex b) => new(a.Re + b.Re, a.Im + b.Im);

    public static Complex operator -(Complex a, Complex b) => new(a.Re - b.Re, a.Im - b.Im);

    public static Complex operator *(Complex a, Complex b) => new(a.Re * b.Re - a.Im * b.Im, a.Re * b.Im + a.Im * b.Re);

    public Fixed Square => Re * Re + Im * Im;

    public bool IsReal => Im.IsNear(default, 120);

    public static Complex? operator /(Complex a, Complex b)
    {
        Fixed size = b.Square;
        if (size.IsNear(default, 120)) return null;
        Complex top = a * new Complex(b.Re, -b.Im);
        return new(top.Re / size, top.Im / size);
    }
}
