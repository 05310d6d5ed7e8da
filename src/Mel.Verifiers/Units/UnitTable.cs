using System.Collections.Frozen;
using System.Globalization;
using Mel.Verifiers.Numbers;

namespace Mel.Verifiers.Units;

/// <summary>Units of measure and currencies by their symbols and names, with the prefixes of the SI. Symbols observe case, spelled-out names do not.</summary>
internal static class UnitTable
{
    private static readonly (string Symbol, string Name, int Power)[] Prefixes =
    [
        ("T", "tera", 12), ("G", "giga", 9), ("M", "mega", 6), ("k", "kilo", 3), ("h", "hecto", 2), ("da", "deca", 1), ("d", "deci", -1), ("c", "centi", -2),
        ("m", "milli", -3), ("µ", "micro", -6), ("u", "", -6), ("n", "nano", -9), ("p", "pico", -12), ("f", "femto", -15),
    ];

    private static readonly Dictionary<string, Unit> SymbolList = new(StringComparer.Ordinal);

    private static readonly Dictionary<string, Unit> NameList = new(StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenDictionary<string, Unit> Symbols = Build();

    private static readonly FrozenDictionary<string, Unit> Names = NameList.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    // units that are words of a sentence or letters of a formula as well; only a text command behind a number names them
    private static readonly FrozenSet<string> Guarded = "in us".Split(' ').ToFrozenSet(StringComparer.Ordinal);

    /// <summary>The unit of a name of two letters or more, written in plain letters behind a number.</summary>
    public static bool TryPlain(string name, out Unit unit) => TryName(name, out unit) && name.Length > 1 && !Guarded.Contains(name);

    /// <summary>The unit of a symbol or a name.</summary>
    public static bool TryName(string name, out Unit unit)
    {
        if (name.Length is > 0 and <= 24
            && (Symbols.TryGetValue(name, out Unit? known) || Names.TryGetValue(name, out known)
                || name.Length > 1 && Symbols.TryGetValue(name.ToLowerInvariant(), out known)))
        {
            unit = known;
            return true;
        }
        unit = Unit.None;
        return false;
    }

    private static FrozenDictionary<string, Unit> Build()
    {
        Unit meter = Unit.Of("length", BigRational.One), gram = Unit.Of("mass", BigRational.One), second = Unit.Of("time", BigRational.One);
        Unit ampere = Unit.Of("current", BigRational.One), degree = Unit.Of("angle", BigRational.One);
        Unit square = meter.Raised(2)!, cube = meter.Raised(3)!, liter = cube.Scaled(Ratio(1, 1000));
        Unit newton = gram.Scaled(Whole(1000)).Times(meter)!.Over(second.Raised(2)!)!, joule = newton.Times(meter)!, watt = joule.Over(second)!;
        Unit volt = watt.Over(ampere)!, coulomb = ampere.Times(second)!, ohm = volt.Over(ampere)!, pascal = newton.Over(square)!;
        Unit month = Unit.Of("month", BigRational.One), bit = Unit.Of("bit", BigRational.One), hour = second.Scaled(Whole(3600));
        Unit radian = Unit.Of("angle", Whole(180), -1), pound = gram.Scaled(Exact("453.59237")), inch = meter.Scaled(Exact("0.0254"));

        Metric(meter, "m", "meter metre");
        Metric(gram, "g", "gram gramme");
        Metric(second, "s", "second");
        Metric(ampere, "A", "ampere amp");
        Metric(Unit.Of("temperature", BigRational.One), "K", "kelvin");
        Metric(Unit.Of("amount", BigRational.One), "mol", "mole");
        Metric(Unit.Of("light", BigRational.One), "cd", "candela");
        Metric(second.Raised(-1)!, "Hz", "hertz");
        Metric(newton, "N", "newton");
        Metric(joule, "J", "joule");
        Metric(watt, "W", "watt");
        Metric(volt, "V", "volt");
        Metric(pascal, "Pa", "pascal");
        Metric(coulomb, "C", "coulomb");
        Metric(coulomb.Over(volt)!, "F", "farad");
        Metric(volt.Times(second)!.Over(ampere)!, "H", "henry");
        Metric(volt.Times(second)!, "Wb", "weber");
        Metric(volt.Times(second)!.Over(square)!, "T", "tesla");
        Metric(ohm, "Ω", "ohm");
        Metric(liter, "L", "liter litre");
        Metric(liter, "l", "");
        Metric(bit, "bit", "bit");
        Metric(bit.Scaled(Whole(8)), "B", "byte");
        Metric(joule.Scaled(Exact("0.0000000000000000001602176634")), "eV", "electronvolt");
        Metric(joule.Scaled(Whole(3600)), "Wh", "");
        Metric(joule.Scaled(Exact("4.184")), "cal", "calorie");
        Add(joule.Scaled(Whole(4184)), "Cal");
        Metric(pascal.Scaled(Whole(100000)), "bar", "");
        Metric(radian, "rad", "radian");
        Add(bit.Scaled(Whole(8L << 10)), "KiB");
        Add(bit.Scaled(Whole(8L << 20)), "MiB");
        Add(bit.Scaled(Whole(8L << 30)), "GiB");
        Add(bit.Scaled(Whole(8000)), "KB");

        // lengths, areas, volumes
        Add(inch.Scaled(Whole(12)), "ft foot feet");
        Add(inch, "in inch inches");
        Add(inch.Scaled(Whole(36)), "yd yds yard yards");
        Add(inch.Scaled(Whole(63360)), "mi mile miles");
        Add(meter.Scaled(Whole(1852)), "nmi");
        Add(meter.Scaled(Whole(9460730472580800)), "ly lightyear lightyears");
        Add(meter.Scaled(Whole(149597870700)), "AU");
        Add(meter.Scaled(Exact("0.0000000001")), "Å angstrom angstroms");
        Add(meter.Scaled(Exact("0.000001")), "micron microns");
        Add(meter.Scaled(Ratio(1, 100)), "cms 厘米 公分");
        Add(meter.Scaled(Whole(1000)), "kms 千米 公里");
        Add(meter, "米");
        Add(meter.Scaled(Ratio(1, 10)), "分米");
        Add(meter.Scaled(Ratio(1, 1000)), "毫米");
        Add(inch.Raised(2)!.Scaled(Whole(6272640)), "acre acres");
        Add(square.Scaled(Whole(10000)), "ha hectare hectares 公顷");
        Add(square.Scaled(Ratio(2000, 3)), "亩");
        Add(inch.Raised(3)!.Scaled(Whole(231)), "gal gallon gallons");
        Add(inch.Raised(3)!.Scaled(Ratio(231, 4)), "qt qts quart quarts");
        Add(inch.Raised(3)!.Scaled(Ratio(231, 8)), "pt pts pint pints");
        Add(inch.Raised(3)!.Scaled(Ratio(231, 16)), "cup cups");
        Add(inch.Raised(3)!.Scaled(Ratio(231, 256)), "tbsp tablespoon tablespoons");
        Add(inch.Raised(3)!.Scaled(Ratio(231, 768)), "tsp teaspoon teaspoons");
        Add(liter.Scaled(Ratio(1, 1000)), "cc mls 毫升");
        Add(liter, "升");

        // masses
        Add(pound.Or(Unit.Of("sterling", BigRational.One)), "pound pounds");
        Add(pound, "lb lbs");
        Add(pound.Scaled(Ratio(1, 16)).Or(inch.Raised(3)!.Scaled(Ratio(231, 128))), "oz ounce ounces");
        Add(pound.Scaled(Whole(14)), "stone");
        Add(gram.Scaled(Whole(1000000)), "t ton tons tonne tonnes 吨");
        Add(gram.Scaled(Whole(1000)), "kgs kilo kilos 千克 公斤");
        Add(gram, "gm gms 克");
        Add(gram.Scaled(Ratio(1, 1000)), "毫克");
        Add(gram.Scaled(Exact("0.000001")), "mcg");
        Add(gram.Scaled(Whole(500)), "斤");

        // times
        Add(second.Or(degree.Scaled(Ratio(1, 3600))), "second seconds");
        Add(second, "sec secs 秒 秒钟");
        Add(second.Scaled(Whole(60)).Or(degree.Scaled(Ratio(1, 60))), "min mins minute minutes");
        Add(second.Scaled(Whole(60)), "分钟");
        Add(hour, "h hr hrs hour hours 小时");
        Add(hour.Scaled(Whole(24)), "d day days 天");
        Add(hour.Scaled(Whole(168)), "wk wks week weeks 周 星期");
        Add(month, "month months 个月");
        Add(month.Scaled(Whole(12)), "yr yrs year years 年");
        Add(month.Scaled(Whole(120)), "decade decades");
        Add(month.Scaled(Whole(1200)), "century centuries 世纪");
        Add(meter.Scaled(inch.Factor * Whole(63360)).Over(hour)!, "mph");
        Add(meter.Scaled(Whole(1000)).Over(hour)!, "kmh kph");

        // angles, temperatures, pressures, powers
        Add(degree.Or(Unit.Of("temperature", BigRational.One)), "度");
        Add(degree.Scaled(Ratio(1, 60)), "arcmin arcminute arcminutes");
        Add(degree.Scaled(Ratio(1, 3600)), "arcsec arcsecond arcseconds");
        Add(degree.Scaled(Whole(360)), "revolution revolutions rev revs");
        Add(degree.Scaled(Whole(360)).Over(second.Scaled(Whole(60)))!, "rpm");
        Add(Unit.Of("celsius", BigRational.One), "celsius centigrade ℃ 摄氏度");
        Add(Unit.Of("fahrenheit", BigRational.One), "fahrenheit ℉ 华氏度");
        Add(pascal.Scaled(Whole(101325)), "atm");
        Add(pound.Times(meter)!.Over(second.Raised(2)!)!.Scaled(Exact("9.80665")), "lbf");
        Add(NameList["lbf"].Over(inch.Raised(2)!)!, "psi");
        Add(watt.Scaled(Exact("745.69987158227022")), "hp horsepower");

        // money
        Unit dollar = Unit.Of("dollar", BigRational.One), yuan = Unit.Of("yuan", BigRational.One), sterling = Unit.Of("sterling", BigRational.One);
        Add(dollar, "$ dollar dollars usd bucks");
        Add(dollar.Scaled(Ratio(1, 100)).Or(Unit.Of("euro", Ratio(1, 100))), "cent cents ¢");
        Add(dollar.Scaled(Ratio(1, 100)).Or(sterling.Scaled(Ratio(1, 100))), "penny pennies");
        Add(sterling, "£ gbp sterling quid");
        Add(sterling.Scaled(Ratio(1, 100)), "pence");
        Add(Unit.Of("euro", BigRational.One), "€ euro euros eur");
        Add(yuan.Or(Unit.Of("yen", BigRational.One)), "¥");
        Add(Unit.Of("yen", BigRational.One), "yen jpy 日元");
        Add(yuan, "yuan rmb cny 元 块");
        Add(yuan.Scaled(Ratio(1, 10)), "角");
        Add(Unit.Of("rupee", BigRational.One), "₹ rupee rupees rs");
        Add(Unit.Of("unit", BigRational.One), "unit units 单位 个单位");
        return SymbolList.ToFrozenDictionary(StringComparer.Ordinal);
    }

    private static void Metric(Unit unit, string symbol, string names)
    {
        string[] spelled = names.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        SymbolList[symbol] = unit;
        Spelled("", unit);
        foreach ((string prefix, string name, int power) in Prefixes)
        {
            Unit scaled = unit.Scaled(BigRational.PowerOfTen(power));
            SymbolList.TryAdd(prefix + symbol, scaled);
            if (name.Length > 0) Spelled(name, scaled);
        }

        void Spelled(string prefix, Unit scaled)
        {
            foreach (string name in spelled)
            {
                NameList[prefix + name] = scaled;
                NameList[prefix + name + "s"] = scaled;
            }
        }
    }

    // a name of one letter or with a capital is a symbol
    private static void Add(Unit unit, string names)
    {
        foreach (string name in names.Split(' '))
        {
            if (name.Length == 1 || char.IsAsciiLetterUpper(name[0]) || char.IsAsciiLetterUpper(name[^1])) SymbolList[name] = unit;
            else NameList[name] = unit;
            if (name.Length is 2 or 3 && char.IsAsciiLetterLower(name[0])) SymbolList[name] = unit;
        }
    }

    private static BigRational Whole(long value) => new(value);

    private static BigRational Ratio(long over, long under) => new(over, under);

    private static BigRational Exact(string digits)
    {
        int point = digits.IndexOf('.', StringComparison.Ordinal);
        BigRational whole = new(System.Numerics.BigInteger.Parse(digits.Remove(point, 1), CultureInfo.InvariantCulture));
        return whole * BigRational.PowerOfTen(point + 1 - digits.Length);
    }
}
