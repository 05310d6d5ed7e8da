using Mel.Verifiers.Numbers;

namespace Mel.Verifiers.Evaluation;

/// <summary>The arithmetic an evaluation runs in: doubles to reject quickly, multiple precision to accept.</summary>
/// <typeparam name="T">A complex number.</typeparam>
internal interface IArithmetic<T>
{
    /// <summary>Steps of the budget that one operation costs.</summary>
    static abstract int Cost { get; }

    /// <summary>A term so many bits below the largest of its sum no longer shows in it.</summary>
    static abstract int ReliableBits { get; }

    /// <summary>Past this scale of its argument a hyperbolic function no longer differs from an exponential or a constant.</summary>
    static abstract int SaturationScale { get; }

    static abstract T FromRational(BigRational value);

    static abstract T Pi { get; }

    static abstract T E { get; }

    static abstract T ImaginaryUnit { get; }

    static abstract T Undefined { get; }

    static abstract bool IsFinite(T value);

    static abstract bool IsReal(T value);

    static abstract T Add(T a, T b);

    static abstract T Multiply(T a, T b);

    static abstract T Divide(T a, T b);

    static abstract T Power(T a, T b);

    /// <summary>The n-th root; real for a negative radicand and an odd n.</summary>
    static abstract T Root(T a, T n);

    /// <summary>An elementary function of one argument, or undefined.</summary>
    static abstract T Function(string name, T a);

    /// <summary>The value as a whole number when it is one, up to rounding noise.</summary>
    static abstract long? ToInteger(T value);

    /// <summary>Position of the leading bit.</summary>
    static abstract long Scale(T value);

    /// <summary>Sign of a - b for real numbers.</summary>
    static abstract int Compare(T a, T b);
}
