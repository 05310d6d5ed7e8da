using System.Numerics;
using Mel.Verifiers.Evaluation;
using Mel.Verifiers.Numbers;
using Mel.Verifiers.Rules;
using Mel.Verifiers.Syntax;

namespace Mel.Verifiers.Equivalence;

/// <summary>
/// Decides whether two scalar expressions are equal. Rational numbers compare exactly, expressions that are rational in their variables modulo primes. All
/// others are evaluated at seeded points: first in doubles to reject, then in <see cref="BigFloat.Precision"/> bits to accept.
/// </summary>
internal sealed partial class ScalarComparer(AnswerRules rules, StepBudget budget)
{
    private const int ModularPoints = 3;
    private const int NumericPoints = 6;
    private const int PrecisePoints = 2;
    private const int NumericTries = 24;
    private const double DoubleNoise = 1e-7;
    private const int AgreeingBits = 200;
    private const int ClearBits = 60;

    /// <summary>Which comparison decided last.</summary>
    public VerificationMethod Method { get; private set; }

    public Sameness Compare(Node a, Node b, bool isGoldFirst = true)
    {
        Sameness result = CompareExactly(a, b);
        if (result == Sameness.Equal || !a.Has(Traits.Decimal) && !b.Has(Traits.Decimal)) return result;
        return IsRoundingOf(a, b, isGoldFirst) ? Decided(Sameness.Equal, VerificationMethod.Rounding) : result;
    }

    /// <summary>Equality without regard to decimals.</summary>
    public Sameness CompareExactly(Node a, Node b)
    {
        if (a.IsNumber && b.IsNumber) return Decided(a.Value.Equals(b.Value) ? Sameness.Equal : Sameness.Different, VerificationMethod.ExactNumber);
        if (a.SameAs(b)) return Decided(Sameness.Equal, VerificationMethod.SameForm);
        Traits traits = a.Traits | b.Traits;
        if ((traits & Traits.Infinity) != 0) return Infinite(a, b);
        if (Modular(a, b) is { } decided) return Decided(decided, VerificationMethod.ModularIdentity);
        if (budget.IsSpent) return Sameness.Undecided;
        if ((traits & Traits.BareLog) == 0) return Numeric(a, b, traits, naturalLog: false);
        // \log without a base is read to the base 10 and to the base e
        Sameness common = Numeric(a, b, traits, naturalLog: false);
        return common == Sameness.Equal ? common : Numeric(a, b, traits, naturalLog: true);
    }

    /// <summary>Sign of a - b for real constants; null when it cannot be told.</summary>
    public int? Order(Node a, Node b)
    {
        if (!budget.Take()) return null;
        if (a.IsNumber && b.IsNumber) return a.Value.CompareTo(b.Value);
        if (Infinity(a) is { } x) return Infinity(b) is { } other ? x.CompareTo(other) : x;
        if (Infinity(b) is { } y) return -y;
        if (a.Has(Traits.Variables) || b.Has(Traits.Variables)) return null;
        if (ReferenceEquals(a, b)) return 0;
        Complex x0 = Doubles(a, 0, SampleDomain.Real, false, out long scaleA), y0 = Doubles(b, 0, SampleDomain.Real, false, out long scaleB);
        if (x0.Imaginary == 0 && y0.Imaginary == 0 && DoubleArithmetic.IsFinite(x0) && DoubleArithmetic.IsFinite(y0) && Clearly(x0, y0, scaleA, scaleB))
            return DoubleArithmetic.Compare(x0, y0);
        SamplePoint point = new(SampleDomain.Real, 0);
        PointEvaluator<BigComplex, PreciseArithmetic> evaluator = new(point, naturalLog: false, budget);
        BigComplex left = evaluator.Evaluate(a), right = evaluator.Evaluate(b);
        if (!left.IsFinite || !right.IsFinite || !PreciseArithmetic.IsReal(left) || !PreciseArithmetic.IsReal(right)) return null;
        BigFloat difference = left.Real - right.Real;
        long scale = Math.Max(evaluator.LargestScale, Math.Max(left.Scale, right.Scale));
        return difference.IsZero || difference.Scale < scale - AgreeingBits ? 0 : difference.Sign;
    }

    /// <summary>+1 and -1 for the infinities, null for anything finite.</summary>
    public static int? Infinity(Node node) => node.Kind switch
    {
        NodeKind.Constant when node.Name == "inf" => 1,
        NodeKind.Mul when node.Items.Length == 2 && node.Items[0].IsNumber && Infinity(node.Items[1]) is { } sign => sign * node.Items[0].Value.Sign,
        NodeKind.Percent => Infinity(node.Items[0]),
        _ => null,
    };

    /// <summary>Whether a = c b for one constant c at every point; gives the sign of c (0 when it is not a positive or negative real).</summary>
    public bool AreProportional(Node a, Node b, out int sign)
    {
        sign = 0;
        bool proven = false;
        if (!a.Has(Traits.Irrational | Traits.Discrete | Traits.Opaque | Traits.Infinity)
            && !b.Has(Traits.Irrational | Traits.Discrete | Traits.Opaque | Traits.Infinity)
            && ModularRatio(a, b) is { } proportional)
        {
            if (!proportional) return false;
            proven = true;
        }
        double? ratio = null;
        int valid = 0;
        SampleDomain domain = DomainOf(a.Traits | b.Traits);
        bool branches = StructuredPoints.HasBranches(a) || StructuredPoints.HasBranches(b);
        foreach (SamplePoint point in Points(a, b, domain))
        {
            if (valid >= NumericPoints && !branches) break;
            Complex left = Doubles(a, point, false, out long scaleLeft), right = Doubles(b, point, false, out long scaleRight);
            if (!DoubleArithmetic.IsFinite(left) || !DoubleArithmetic.IsFinite(right)) continue;
            // what terms that cancel leave behind far out says nothing about the ratio
            if (valid >= NumericPoints && (IsNoise(left, scaleLeft) || IsNoise(right, scaleRight))) continue;
            bool leftZero = Complex.Abs(left) < 1e-12, rightZero = Complex.Abs(right) < 1e-12;
            if (leftZero && rightZero) continue;
            if (leftZero != rightZero) return false;
            Complex quotient = left / right;
            if (!DoubleArithmetic.IsReal(quotient)) return false;
            if (ratio is { } known && Math.Abs(known - quotient.Real) > (valid < NumericPoints ? 1e-8 : 1e-5) * Math.Abs(known)) return false;
            ratio ??= quotient.Real;
            valid++;
        }
        sign = ratio is { } value ? Math.Sign(value) : 0;
        return valid >= 3 || proven;
    }

    // the random points, then those past the constants
    private static IEnumerable<SamplePoint> Points(Node a, Node b, SampleDomain domain)
    {
        for (int i = 0; i < NumericTries; i++) yield return new SamplePoint(domain, i);
        foreach (SamplePoint point in StructuredPoints.Of(a, b, domain)) yield return point;
    }

    private static bool IsNoise(Complex value, long scale) => Complex.Abs(value) < 1e-6 * Math.ScaleB(1, (int)Math.Clamp(scale, -1000, 1000));

    private Sameness Decided(Sameness sameness, VerificationMethod method)
    {
        Method = method;
        return sameness;
    }

    private Sameness Infinite(Node a, Node b)
        => Decided(Infinity(a) is { } x && Infinity(b) is { } y && x == y ? Sameness.Equal : Sameness.Different, VerificationMethod.ExactNumber);

    private Sameness? Modular(Node a, Node b)
    {
        bool variables = a.Has(Traits.Variables) || b.Has(Traits.Variables);
        int points = variables ? ModularPoints : 2;
        bool exact = true;
        for (int i = 0; i < points; i++)
        {
            PrimeField field = i % 2 == 0 ? PrimeField.First : PrimeField.Second;
            ModularEvaluator left = new(field, i, budget), right = new(field, i, budget);
            ulong x = left.Evaluate(a), y = right.Evaluate(b);
            if (left.Failed || right.Failed) return null;
            exact &= left.IsExact && right.IsExact;
            if (x != y) return exact ? Sameness.Different : null;
        }
        return Sameness.Equal;
    }

    private bool? ModularRatio(Node a, Node b)
    {
        ulong x0 = 0, y0 = 0;
        for (int i = 0; i < ModularPoints; i++)
        {
            ModularEvaluator left = new(PrimeField.First, i, budget), right = new(PrimeField.First, i, budget);
            ulong x = left.Evaluate(a), y = right.Evaluate(b);
            if (left.Failed || right.Failed || !left.IsExact || !right.IsExact) return null;
            if (i == 0) (x0, y0) = (x, y);
            else if (PrimeField.First.Multiply(x, y0) != PrimeField.First.Multiply(y, x0)) return false;
        }
        // one side that is zero everywhere is no multiple of the other, nor the other of it
        return x0 != 0 == (y0 != 0) && x0 != 0;
    }

    private Sameness Numeric(Node a, Node b, Traits traits, bool naturalLog)
    {
        Method = VerificationMethod.NumericIdentity;
        if ((traits & Traits.Variables) == 0) return Constant(a, b, naturalLog);
        SampleDomain domain = DomainOf(traits);
        // first only points where both sides are real; identities of roots and logarithms hold on the common real domain
        Sameness result = AtPoints(a, b, domain, naturalLog, complex: false);
        if (result == Sameness.Different || budget.IsSpent) return result;
        if (StructuredPoints.HasBranches(a) || StructuredPoints.HasBranches(b))
        {
            Sameness wider = AtStructuredPoints(a, b, domain, naturalLog);
            if (wider == Sameness.Different || result == Sameness.Undecided) result = wider;
        }
        if (result != Sameness.Undecided) return result;
        if (domain == SampleDomain.Real)
        {
            result = AtPoints(a, b, SampleDomain.Positive, naturalLog, complex: false);
            if (result != Sameness.Undecided) return result;
        }
        return AtPoints(a, b, domain, naturalLog, complex: true);
    }

    private Sameness AtPoints(Node a, Node b, SampleDomain domain, bool naturalLog, bool complex)
    {
        int valid = 0, precise = 0;
        int wanted = domain is SampleDomain.Whole or SampleDomain.Mixed ? 2 * NumericPoints : NumericPoints;
        for (int i = 0; i < NumericTries && valid < wanted; i++)
        {
            SamplePoint point = new(domain, i);
            Complex x = Doubles(a, point, naturalLog, out long scaleX, !complex), y = Doubles(b, point, naturalLog, out long scaleY, !complex);
            bool finiteX = DoubleArithmetic.IsFinite(x), finiteY = DoubleArithmetic.IsFinite(y);
            if (budget.IsSpent) return Sameness.Undecided;
            if (!finiteX || !finiteY) continue;
            if (!complex && !(DoubleArithmetic.IsReal(x) && DoubleArithmetic.IsReal(y))) continue;
            if (Clearly(x, y, scaleX, scaleY)) return Sameness.Different;
            valid++;
            if (precise >= PrecisePoints) continue;
            Sameness confirmed = Precisely(a, b, point, naturalLog);
            if (confirmed == Sameness.Different) return confirmed;
            if (confirmed == Sameness.Equal) precise++;
        }
        return valid >= 4 && precise > 0 ? Sameness.Equal : Sameness.Undecided;
    }

    // Doubles only raise a suspicion here: far out they lose the argument of a sine, and a difference must be plain in high precision too.
    private Sameness AtStructuredPoints(Node a, Node b, SampleDomain domain, bool naturalLog)
    {
        int valid = 0, precise = 0, reserve = budget.Left / 2;
        foreach (SamplePoint point in StructuredPoints.Of(a, b, domain))
        {
            if (budget.Left < reserve) break;
            Complex x = Doubles(a, point, naturalLog, out long scaleX, true), y = Doubles(b, point, naturalLog, out long scaleY, true);
            if (!DoubleArithmetic.IsFinite(x) || !DoubleArithmetic.IsFinite(y) || !DoubleArithmetic.IsReal(x) || !DoubleArithmetic.IsReal(y)) continue;
            if (Clearly(x, y, scaleX, scaleY))
            {
                if (Precisely(a, b, point, naturalLog, ClearBits) == Sameness.Different) return Sameness.Different;
                continue;
            }
            valid++;
            if (precise < PrecisePoints && Precisely(a, b, point, naturalLog) == Sameness.Equal) precise++;
        }
        return valid >= 4 && precise > 0 ? Sameness.Equal : Sameness.Undecided;
    }

    private Sameness Constant(Node a, Node b, bool naturalLog)
    {
        Complex x = Doubles(a, 0, SampleDomain.Real, naturalLog, out long scaleX), y = Doubles(b, 0, SampleDomain.Real, naturalLog, out long scaleY);
        bool finiteX = DoubleArithmetic.IsFinite(x), finiteY = DoubleArithmetic.IsFinite(y);
        if (finiteX && finiteY && Clearly(x, y, scaleX, scaleY)) return Sameness.Different;
        Sameness precise = Precisely(a, b, new SamplePoint(SampleDomain.Real, 0), naturalLog);
        if (precise != Sameness.Undecided) return precise;
        if (finiteX != finiteY && !(a.Has(Traits.Opaque) || b.Has(Traits.Opaque)))
        {
            // one side has a value and the other none, unless it is only too large to write
            double logX = Magnitude.Log2(a), logY = Magnitude.Log2(b);
            if (double.IsNaN(logX) || double.IsNaN(logY) || Math.Abs(logX - logY) > 1) return Decided(Sameness.Different, VerificationMethod.Magnitude);
        }
        double left = Magnitude.Log2(a), right = Magnitude.Log2(b);
        if (double.IsNaN(left) || double.IsNaN(right)) return Sameness.Undecided;
        bool apart = double.IsInfinity(left) != double.IsInfinity(right)
            || double.IsFinite(left) && Math.Abs(left - right) > 1e-9 * Math.Max(Math.Abs(left), 1);
        return apart ? Decided(Sameness.Different, VerificationMethod.Magnitude) : Sameness.Undecided;
    }

    private Complex Doubles(Node node, int index, SampleDomain domain, bool naturalLog, out long scale)
        => Doubles(node, new SamplePoint(domain, index), naturalLog, out scale);

    private Complex Doubles(Node node, SamplePoint point, bool naturalLog, out long scale, bool realOnly = false)
    {
        PointEvaluator<Complex, DoubleArithmetic> evaluator = new(point, naturalLog, budget) { RealOnly = realOnly && !node.Has(Traits.Imaginary) };
        Complex value = evaluator.Evaluate(node);
        scale = Math.Max(evaluator.LargestScale, DoubleArithmetic.Scale(value));
        return value;
    }

    private static bool Clearly(Complex x, Complex y, long scaleX, long scaleY)
        => Complex.Abs(x - y) > DoubleNoise * Math.ScaleB(1, (int)Math.Clamp(Math.Max(scaleX, scaleY), -1000, 1000));

    private Sameness Precisely(Node a, Node b, SamplePoint point, bool naturalLog, int agreeingBits = AgreeingBits)
    {
        PointEvaluator<BigComplex, PreciseArithmetic> evaluator = new(point, naturalLog, budget);
        BigComplex x = evaluator.Evaluate(a), y = evaluator.Evaluate(b);
        if (!x.IsFinite || !y.IsFinite || budget.IsSpent) return Sameness.Undecided;
        long scale = Math.Max(evaluator.LargestScale, Math.Max(x.Scale, y.Scale));
        BigComplex difference = x - y;
        if (!difference.IsZero && difference.Scale >= scale - agreeingBits) return Sameness.Different;
        return evaluator.HasAbsorbed ? Sameness.Undecided : Sameness.Equal;
    }

    private static SampleDomain DomainOf(Traits traits)
        => (traits & Traits.Rounding) != 0 ? SampleDomain.Mixed : (traits & Traits.Discrete) != 0 ? SampleDomain.Whole : SampleDomain.Real;
}

/// <summary>The result of one comparison.</summary>
internal enum Sameness
{
    Different,
    Equal,

    /// <summary>Not decided: a budget ran out, or nothing can be evaluated.</summary>
    Undecided,
}
