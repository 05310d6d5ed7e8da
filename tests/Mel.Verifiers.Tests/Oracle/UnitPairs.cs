using System.Globalization;

namespace Mel.Verifiers.Tests.Oracle;

/// <summary>Pairs of quantities with a table of units of its own: other spellings, conversions, compounds; and slips in prefix, power or value.</summary>
internal sealed class UnitPairs(int seed)
{
    /// <summary>A unit: the quantity it measures, its size in the base unit, and its spellings; symbols come first.</summary>
    private sealed record Unit(string Quantity, Fraction Size, int Symbols, params string[] Names);

    private static readonly Unit[] Table =
    [
        new("length", new(1, 1000), 1, "mm", "millimeters"), new("length", new(1, 100), 1, "cm", "centimeters", "centimetres"),
        new("length", 1, 1, "m", "meters", "metres"), new("length", 1000, 1, "km", "kilometers", "kilometres"),
        new("length", new(254, 10000), 0, "inches"), new("length", new(3048, 10000), 1, "ft", "feet"), new("length", new(9144, 10000), 0, "yards"),
        new("time", new(1, 1000), 1, "ms", "milliseconds"), new("time", 1, 1, "s", "seconds"), new("time", 60, 1, "min", "minutes"),
        new("time", 3600, 1, "h", "hours"), new("time", 86400, 0, "days"), new("mass", new(1, 1000), 1, "mg", "milligrams"),
        new("mass", 1, 1, "g", "grams"), new("mass", 1000, 1, "kg", "kilograms"), new("energy", 1, 1, "J", "joules"),
        new("energy", 1000, 1, "kJ", "kilojoules"), new("power", 1, 1, "W", "watts"), new("power", 1000, 1, "kW", "kilowatts"),
        new("power", 1000000, 1, "MW", "megawatts"), new("frequency", 1, 1, "Hz", "hertz"), new("frequency", 1000000, 1, "MHz", "megahertz"),
        new("pressure", 1, 1, "Pa", "pascals"), new("pressure", 1000, 1, "kPa", "kilopascals"), new("force", 1, 1, "N", "newtons"),
        new("force", 1000, 1, "kN", "kilonewtons"), new("volume", new(1, 1000), 1, "mL", "milliliters"), new("volume", 1, 1, "L", "liters"),
        new("charge", 1, 1, "C", "coulombs"), new("tension", 1, 1, "V", "volts"), new("tension", new(1, 1000), 1, "mV", "millivolts"),
    ];

    private static readonly (string Large, string Small, int Ratio)[] Compounds =
    [
        ("hours", "minutes", 60), ("minutes", "seconds", 60), ("feet", "inches", 12), ("days", "hours", 24),
        ("h", "min", 60), ("pounds", "ounces", 16), ("ft", "in", 12), ("dollars", "cents", 100),
    ];

    private readonly Dice _dice = new(seed);

    public Pair Next(bool same) => _dice.Next(5) switch
    {
        0 => Compound(same),
        1 => Power(same),
        2 => Quotient(same),
        _ => Plain(same),
    };

    private Pair Plain(bool same)
    {
        Unit unit = Table[_dice.Next(Table.Length)];
        Fraction value = Value();
        string gold = Quantity(value, unit);
        if (same && _dice.Next(4) == 0) return new Pair("bare number", gold, Number(value), true);
        Unit[] kin = [.. Table.Where(u => u.Quantity == unit.Quantity && u != unit)], others = [.. Table.Where(u => u != unit)];
        if (same)
        {
            if (kin.Length == 0 || _dice.Coin()) return new Pair("same unit", gold, Quantity(value, unit), true);
            Unit to = kin[_dice.Next(kin.Length)];
            Fraction converted = value * unit.Size / to.Size;
            return converted.ToDecimal() is null || converted > 1000000 ? new Pair("same unit", gold, Quantity(value, unit), true)
                : new Pair("conversion", gold, Quantity(converted, to), true);
        }
        if (_dice.Coin()) return new Pair("another unit", gold, Quantity(value, others[_dice.Next(others.Length)]), false);
        return kin.Length > 0 && _dice.Coin()
            ? new Pair("another prefix", gold, Quantity(value, kin[_dice.Next(kin.Length)]), false)
            : new Pair("another value", gold, Quantity(value * 10 + (_dice.Coin() ? 0 : 1), unit), false);
    }

    private Pair Power(bool same)
    {
        Unit unit = Table.Where(static u => u.Quantity == "length").ElementAt(_dice.Next(4));
        int power = _dice.Next(2, 4);
        Fraction value = Value();
        string gold = Number(value) + Raised(unit, power);
        if (same) return new Pair("power", gold, Number(value) + (_dice.Coin() ? Raised(unit, power) : ""), true);
        Unit other = Table[unit == Table[3] ? 2 : 3];
        return new Pair("power", gold, Number(value) + _dice.Pick(Raised(unit, 5 - power), Symbol(unit.Names[0]), Raised(other, power)), false);
    }

    private Pair Quotient(bool same)
    {
        (string top, string bottom) = _dice.Pick(("km", "h"), ("m", "s"), ("kg", "m"), ("cm", "s"), ("g", "L"));
        Fraction value = Value();
        string gold = Number(value) + Over(top, bottom);
        if (same) return new Pair("quotient", gold, Number(value) + (_dice.Coin() ? Over(top, bottom) : ""), true);
        return new Pair("quotient", gold, Number(value) + _dice.Pick(Over(top, bottom == "s" ? "h" : "s"), Over(bottom, top), Symbol(top)), false);
    }

    private Pair Compound(bool same)
    {
        (string large, string small, int ratio) = Compounds[_dice.Next(Compounds.Length)];
        int big = _dice.Next(2, 12), little = _dice.Next(1, ratio);
        if (big == little) little = little == 1 ? 2 : 1;
        string gold = Two(big, large, little, small);
        if (same) return new Pair("compound", gold, _dice.Coin() ? Two(big, large, little, small) : $"{big * ratio + little} \\text{{ {small}}}", true);
        string wrong = _dice.Next(4) switch
        {
            0 => Two(little, large, big, small),
            1 => $"{big * little} \\text{{ {small}}}",
            2 => $"{big * ratio + little + 1} \\text{{ {small}}}",
            _ => (big * little).ToString(CultureInfo.InvariantCulture),
        };
        return new Pair("compound", gold, wrong, false);
    }

    private string Two(int big, string large, int little, string small)
        => _dice.Pick($"{big} \\text{{ {large} }} {little} \\text{{ {small}}}", $"{big} \\text{{ {large} and }} {little} \\text{{ {small}}}",
            $"\\text{{{big} {large} {little} {small}}}");

    private string Quantity(Fraction value, Unit unit)
    {
        int at = _dice.Next(unit.Names.Length);
        string name = unit.Names[at];
        return Number(value) + (at < unit.Symbols ? Symbol(name) : _dice.Pick($" \\text{{ {name}}}", $"\\text{{ {name}}}", $"\\ \\text{{{name}}}"));
    }

    private string Symbol(string name) => _dice.Pick($" \\text{{ {name}}}", $"\\,\\text{{{name}}}", $" \\mathrm{{~{name}}}", $"\\,\\mathrm{{{name}}}");

    private string Raised(Unit unit, int power) => Symbol(unit.Names[0]) + _dice.Pick($"^{power}", $"^{{{power}}}");

    private string Over(string top, string bottom)
        => _dice.Pick($" \\text{{ {top}/{bottom}}}", $"\\,\\mathrm{{{top}/{bottom}}}", $" \\mathrm{{~{top}}} / \\mathrm{{{bottom}}}",
            $" \\text{{ {top}}}/\\text{{{bottom}}}");

    private Fraction Value() => _dice.Next(3) == 0 ? new Fraction(_dice.Next(5, 400), 10) : _dice.Next(2, 90);

    private static string Number(Fraction value) => value.ToDecimal()!;
}
