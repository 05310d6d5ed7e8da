using System.Globalization;
using System.Text;
using Mel.Verifiers.Numbers;

namespace Mel.Verifiers.Units;

/// <summary>
/// What stands behind a number: a unit of measure with its dimension and its size in base units, and the words that count ("apples") or qualify ("east").
/// </summary>
internal sealed class Unit
{
    private const int MaxPower = 12;

    /// <summary>No unit and no words.</summary>
    public static readonly Unit None = new([], BigRational.One, 0, []);

    private readonly (string Base, int Power)[] _powers;

    private Unit((string, int)[] powers, BigRational factor, int pi, string[] words)
    {
        _powers = powers;
        Factor = factor;
        Pi = pi;
        Words = words;
        Dimension = string.Join(' ', powers.Select(static p => p.Item2 == 1 ? p.Item1 : p.Item1 + "^" + p.Item2.ToString(CultureInfo.InvariantCulture)));
    }

    /// <summary>Base units with their powers, in one order: "length time^-2"; empty where there are words only.</summary>
    public string Dimension { get; }

    /// <summary>How many base units one of this unit holds, but for the power of pi.</summary>
    public BigRational Factor { get; }

    /// <summary>The power of pi in the size: a radian is 180 / pi degrees.</summary>
    public int Pi { get; }

    /// <summary>What is counted and how it is qualified: stems in lower case, without those that say nothing.</summary>
    public IReadOnlyList<string> Words { get; }

    /// <summary>Whether plain letters name the unit, so that they may be a product of variables as well: <c>3mg</c>.</summary>
    public bool IsLoose { get; private init; }

    /// <summary>Another meaning of the same name: a minute of time or of arc.</summary>
    public Unit? Other { get; private init; }

    /// <summary>Whether a unit of measure is named, not only words.</summary>
    public bool IsMeasure => Dimension.Length > 0;

    public bool IsNone => !IsMeasure && Words.Count == 0;

    /// <summary>One text for each meaning.</summary>
    public string Key
    {
        get
        {
            StringBuilder key = new(Dimension);
            if (IsMeasure) key.Append('*').Append(Factor).Append('p').Append(Pi);
            if (Words.Count > 0) key.Append('|').AppendJoin(' ', Words);
            if (IsLoose) key.Append('?');
            return key.ToString();
        }
    }

    /// <summary>This meaning and the others of the name.</summary>
    public IEnumerable<Unit> Readings
    {
        get
        {
            for (Unit? unit = this; unit is not null; unit = unit.Other) yield return unit;
        }
    }

    /// <summary>A base unit, or a multiple of one.</summary>
    public static Unit Of(string dimension, BigRational factor, int pi = 0) => new([(dimension, 1)], factor, pi, []);

    public Unit Scaled(BigRational factor) => new(_powers, Factor * factor, Pi, [.. Words]) { Other = Other?.Scaled(factor), IsLoose = IsLoose };

    public Unit With(IEnumerable<string> words)
    {
        string[] all = [.. Words.Concat(words).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        return new(_powers, Factor, Pi, all) { Other = Other?.With(words), IsLoose = IsLoose };
    }

    public Unit Or(Unit other) => new(_powers, Factor, Pi, [.. Words]) { Other = other, IsLoose = IsLoose };

    public Unit Loose() => new(_powers, Factor, Pi, [.. Words]) { Other = Other?.Loose(), IsLoose = true };

    /// <summary>The product, or null when a power is out of bounds.</summary>
    public Unit? Times(Unit unit)
    {
        SortedDictionary<string, int> powers = new(StringComparer.Ordinal);
        foreach ((string name, int power) in _powers.Concat(unit._powers))
        {
            int sum = powers.GetValueOrDefault(name) + power;
            if (Math.Abs(sum) > MaxPower) return null;
            if (sum == 0) powers.Remove(name);
            else powers[name] = sum;
        }
        BigRational factor = Factor * unit.Factor;
        if (factor.Bits > 4096) return null;
        string[] words = [.. Words.Concat(unit.Words).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        return new([.. powers.Select(static p => (p.Key, p.Value))], factor, Pi + unit.Pi, words) { IsLoose = IsLoose || unit.IsLoose };
    }

    /// <summary>The unit to a power, or null when that is out of bounds.</summary>
    public Unit? Raised(int power)
    {
        if (power == 1) return this;
        if (Math.Abs(power) > MaxPower || Array.Exists(_powers, p => Math.Abs(p.Power * power) > MaxPower)) return null;
        (string, int)[] powers = power == 0 ? [] : [.. _powers.Select(p => (p.Base, p.Power * power))];
        return new(powers, Factor.Pow(power), Pi * power, [.. Words]) { IsLoose = IsLoose };
    }

    public Unit? Over(Unit unit) => unit.Raised(-1) is { } inverse ? Times(inverse) : null;

    /// <summary>How many of <paramref name="target"/> one of this unit is, in some reading of both that share a dimension; null when none do.</summary>
    public (BigRational Factor, int Pi)? In(Unit target)
    {
        foreach (Unit to in target.Readings)
        {
            foreach (Unit from in Readings)
                if (from.Dimension == to.Dimension) return (from.Factor / to.Factor, from.Pi - to.Pi);
        }
        return null;
    }
}
