using Mel.Verifiers.Numbers;

namespace Mel.Verifiers.Evaluation;

/// <summary>Values of the variables at one point. They derive from the names and the number of the point, so any thread and any run sees the same.</summary>
internal sealed class SamplePoint(SampleDomain domain, int index)
{
    private readonly Dictionary<string, BigRational> _bound = [];

    /// <summary>The value of a variable: the one it is bound to, or the sample.</summary>
    public BigRational this[string name]
    {
        get
        {
            if (_bound.TryGetValue(name, out BigRational bound)) return bound;
            ulong hash = StableHash.Combine(StableHash.Of(name), (ulong)index);
            switch (domain == SampleDomain.Mixed ? index % 2 == 0 || IsCounter(name) ? SampleDomain.Whole : SampleDomain.Real : domain)
            {
                case SampleDomain.Whole: return new BigRational(1 + (int)(hash % 17));
                case SampleDomain.Positive: return new BigRational(41 + (int)(hash % 331), 127);
                default:
                    // thirds of either sign, away from zero and from each other
                    int magnitude = 41 + (int)(hash % 331);
                    return new BigRational((hash >> 40) % 2 == 0 ? magnitude : -magnitude, 127);
            }
        }
    }

    /// <summary>Binds the variable of a sum; returns what <see cref="Restore"/> needs.</summary>
    public BigRational? Bind(string name, BigRational value)
    {
        BigRational? before = _bound.TryGetValue(name, out BigRational old) ? old : null;
        _bound[name] = value;
        return before;
    }

    public void Restore(string name, BigRational? before)
    {
        if (before is { } value) _bound[name] = value;
        else _ = _bound.Remove(name);
    }

    // i to n count, by the oldest convention of mathematics
    public static bool IsCounter(string name)
        => name.Length > 0 && name[0] is >= 'i' and <= 'n' or 'N' or 'M' or 'K' && (name.Length == 1 || name[1] is '_' or '\'');
}

/// <summary>Which numbers variables are tried with.</summary>
internal enum SampleDomain
{
    /// <summary>Fractions of either sign.</summary>
    Real,

    /// <summary>Positive fractions: where roots and logarithms have real values.</summary>
    Positive,

    /// <summary>Whole numbers from 1 to 17: factorials, binomials, sums.</summary>
    Whole,

    /// <summary>Counters i to n whole, other variables now whole, now real: floors and remainders.</summary>
    Mixed,
}
