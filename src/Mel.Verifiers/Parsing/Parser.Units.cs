using System.Text;
using Mel.Verifiers.Numbers;
using Mel.Verifiers.Syntax;
using Mel.Verifiers.Units;

namespace Mel.Verifiers.Parsing;

internal sealed partial class Parser
{
    private const int MaxPhrase = 32;

    // whether the words that follow say something about the value: a text always does, plain words where a quantity stands before them
    private bool IsMeasured(Node value)
    {
        if (value.Has(Traits.Structure) && value.Kind != NodeKind.Quantity || IsNote() || AtRemainder() || _branches > 0 && AtBranchWord()) return false;
        return Kind == TokenKind.Text || AfterQuantity(value) || UnitTable.TryPlain(Current.Text, out _);
    }

    private bool AfterQuantity(Node value)
        => value.Kind is NodeKind.Number or NodeKind.Mul or NodeKind.Root or NodeKind.Quantity or NodeKind.Percent or NodeKind.Degree
            && _tokens[_at - 1].Kind is TokenKind.Number or TokenKind.CloseGroup or TokenKind.Constant or TokenKind.Percent or TokenKind.CloseParen
                or TokenKind.Word or TokenKind.Text or TokenKind.Degree or TokenKind.Prime;

    // 5 cm, 12 apples, 3 \text{ square feet}, 7 million dollars, 9 \mathrm{~m}/\mathrm{s}^2
    private Node? Measured(Node value)
    {
        bool text = Kind == TokenKind.Text;
        bool loose = !text && IsLoose(Current, _tokens[_at - 1]);
        string words = Phrase();
        if (words.Length > 2 && words[0] == '(' && words[^1] == ')') words = words[1..^1];
        if (value.Kind == NodeKind.Quantity && value.Unit!.IsMeasure && Rate(value, words) is { } rate) return Made(rate);
        if (value.Kind == NodeKind.Degree && words is "N" or "S" or "E" or "W") return Made(Nodes.Quantity(value, Unit.None.With([words.ToLowerInvariant()])));
        if (UnitReader.Read(words, text || words is "in") is not { } phrase) return Malformed();
        _ambiguous |= loose;
        Unit unit = loose && phrase.Unit.IsMeasure ? phrase.Unit.Loose() : phrase.Unit;
        (Node number, Unit outer) = value.Kind == NodeKind.Quantity ? (value.Items[0], value.Unit!) : (value, Unit.None);
        if (!phrase.Scale.IsOne) number = Nodes.Mul([number, Nodes.Number(phrase.Scale)]);
        if (phrase.Power > 1) number = Nodes.Pow(number, Nodes.Number(new BigRational(phrase.Power)));
        if (phrase.IsPercent) number = Nodes.Percent(number);
        if (phrase.IsDegree) number = Nodes.Degree(number);
        if (phrase.IsBelowZero) number = Nodes.Negate(number);
        if (unit.IsMeasure && (outer.IsMeasure || value.Kind == NodeKind.Degree)) return Malformed();
        Unit whole = outer.IsNone ? unit : unit.IsNone ? outer : outer.IsMeasure ? outer.With(unit.Words) : unit.With(outer.Words);
        return Made(whole.IsNone ? number : Nodes.Quantity(number, whole));
    }

    // \$5 per hour
    private static Node? Rate(Node value, string words)
    {
        string under = words.StartsWith("per ", StringComparison.Ordinal) ? words[4..] : words.StartsWith('/')
            ? words[1..] : words.StartsWith("an ", StringComparison.Ordinal) ? words[3..] : "";
        return under.Length > 0 && UnitReader.Whole(under) is { } unit && value.Unit!.Over(unit) is { } rate ? Nodes.Quantity(value.Items[0], rate) : null;
    }

    // the words that stand together, with the powers, products and quotients of their units, as one text
    private string Phrase()
    {
        StringBuilder words = new();
        for (int parts = 0; parts < MaxPhrase; parts++)
        {
            if (Kind is TokenKind.Word or TokenKind.Text && !(parts > 0 && (IsNote()
                || AtRemainder()))) words.Append(' ').Append(_tokens[_at++].Text.AsSpan().Trim());
            else if (parts > 0 && Kind == TokenKind.Number && !Current.SpaceBefore && Current.Text is "2" or "3" && _tokens[_at - 1].Kind == TokenKind.Word)
                words.Append('^').Append(_tokens[_at++].Text);
            else if (Kind == TokenKind.Caret && Exponent() is { } power) words.Append('^').Append(power);
            else if (Kind is TokenKind.Slash or TokenKind.Times && IsUnitAt(_at + 1))
            {
                words.Append(Kind == TokenKind.Slash ? '/' : '*').Append(_tokens[_at + 1].Text.AsSpan().Trim());
                _at += 2;
            }
            else break;
        }
        return words.ToString().Trim();
    }

    private bool IsUnitAt(int at)
        => _tokens[at].Kind switch
        {
            TokenKind.Text or TokenKind.Word => UnitReader.Whole(_tokens[at].Text) is not null,
            TokenKind.Symbol => UnitTable.TryName(_tokens[at].Text, out _)
                && _tokens[at + 1].Kind is not (TokenKind.Symbol or TokenKind.Number or TokenKind.OpenParen),
            _ => false,
        };

    // ^2, ^{-1}, ^{2}: null where the power is no whole number
    private string? Exponent()
    {
        int at = _at + 1;
        bool group = _tokens[at].Kind == TokenKind.OpenGroup;
        if (group) at++;
        bool negative = _tokens[at].Kind == TokenKind.Minus;
        if (negative) at++;
        if (_tokens[at].Kind != TokenKind.Number || _tokens[at].Text.Length > 2) return null;
        string digits = _tokens[at++].Text;
        if (group && _tokens[at++].Kind != TokenKind.CloseGroup) return null;
        _at = at;
        return negative ? "-" + digits : digits;
    }

    // letters that touch the number may be variables: 3km; so may these behind a space: 3 mg
    private static bool IsLoose(Token word, Token before)
        => word.Text.Length <= 3 && (!word.SpaceBefore || before.Kind is not TokenKind.Number
            || word.Text is "mg" or "gm" or "ms" or "mm" or "ps" or "rs" or "hp" or "ha" or "pt" or "mi");

    // 5 m, 3 m/s, 10 \Omega: letters that end the expression behind a number are read as a unit as well
    private Node? LooseUnit(Node value)
    {
        if (_letters != LetterReading.Words || !value.IsNumber || _tokens[_at - 1].Kind is not (TokenKind.Number or TokenKind.CloseGroup)) return null;
        int at = _at;
        StringBuilder words = new();
        for (int parts = 0; parts < 8; parts++)
        {
            Token token = _tokens[at];
            if (token.Kind == TokenKind.Symbol && token.Text is { Length: 1 } or "mu" or "Omega")
                words.Append(words.Length > 0 && token.SpaceBefore
                    && words[^1] != 'µ' ? " " : "").Append(token.Text switch { "mu" => "µ", "Omega" => "Ω", string letter => letter });
            else if (token.Kind is TokenKind.Slash && words.Length > 0) words.Append('/');
            else if (token.Kind is TokenKind.Text && UnitReader.Whole(token.Text) is not null) words.Append(token.Text.AsSpan().Trim());
            else if (token.Kind == TokenKind.Caret && _tokens[at + 1].Kind == TokenKind.Number && _tokens[at + 1].Text.Length == 1)
                words.Append('^').Append(_tokens[++at].Text);
            else break;
            at++;
        }
        if (words.Length == 0
            || !(Closes(_tokens[at].Kind) || _tokens[at].Kind is TokenKind.Comma or TokenKind.And or TokenKind.Or or TokenKind.Number)) return null;
        if (_tokens[at].Kind == TokenKind.Number && !_tokens[at].SpaceBefore || UnitReader.Whole(words.ToString()) is not { } unit) return null;
        if (_tokens[at].Kind == TokenKind.Number && !IsMeasureBehind(at)) return null;
        _at = at;
        _ambiguous = true;
        return Nodes.Quantity(value, unit.Loose());
    }

    // 5 \frac{\text{m}}{\text{s}}
    private Node? UnitFraction(Node value)
    {
        if (!value.IsNumber) return null;
        int at = _at + 1;
        bool upright = true;
        if (FractionUnit(ref at, ref upright) is not { } over || FractionUnit(ref at, ref upright) is not { } under
            || over.Over(under) is not { } unit) return null;
        if (!upright && (_letters == LetterReading.Products || !Closes(_tokens[at].Kind))) return null;
        _at = at;
        _ambiguous |= !upright;
        return Nodes.Quantity(value, upright ? unit : unit.Loose());
    }

    private Unit? FractionUnit(ref int at, ref bool upright)
    {
        if (_tokens[at++].Kind != TokenKind.OpenGroup) return null;
        StringBuilder words = new();
        for (int parts = 0; parts < 8 && _tokens[at].Kind is TokenKind.Text or TokenKind.Word or TokenKind.Symbol; parts++, at++)
        {
            // a letter that came out of a command spans more than itself
            upright &= _tokens[at].Kind == TokenKind.Text || _tokens[at].End - _tokens[at].Start > _tokens[at].Text.Length;
            words.Append(' ').Append(_tokens[at].Text.AsSpan().Trim());
            if (_tokens[at + 1].Kind == TokenKind.Caret && _tokens[at + 2] is { Kind: TokenKind.Number, Text.Length: 1 } power)
            {
                words.Append('^').Append(power.Text);
                at += 2;
            }
        }
        return _tokens[at++].Kind == TokenKind.CloseGroup && words.Length > 0 ? UnitReader.Whole(words.ToString()) : null;
    }

    // 2 h 30 min: a unit follows the next number too
    private bool IsMeasureBehind(int number) => IsUnitAt(number + 1);

    private static Unit Currency(string name) => UnitTable.TryName(name, out Unit unit) ? unit : Unit.None.With([name]);

    // 2 h 30 min, 5 ft 6 in, 12 dollars 25 cents: smaller units of the same dimension add
    private Node? Compound(Node value)
    {
        if (NumberLiteral() is not { } number) return null;
        Node? part = number;
        if (Kind is TokenKind.Word or TokenKind.Text && IsMeasured(number)) part = Measured(number);
        else if (Kind is TokenKind.Prime or TokenKind.Caret) part = Kind == TokenKind.Prime
            || NextKind is TokenKind.Prime or TokenKind.OpenGroup ? Marked(number) : null;
        else if (Kind == TokenKind.Symbol) part = LooseUnit(number);
        if (part is null) return Malformed();
        return Together(value, part, within: false) is { } sum ? Made(sum) : Malformed();
    }

    // the sum of two measures of one dimension, the second in the smaller unit and, where asked for, less than one of the larger
    private static Node? Together(Node value, Node part, bool within)
    {
        if (value.Kind == NodeKind.Degree && UnitTable.TryName("度", out Unit degree)
            && Together(Nodes.Quantity(value.Items[0], degree), part, within) is { } angle)
            return Nodes.Degree(angle.Items[0]);
        if (value.Kind != NodeKind.Quantity || part.Kind != NodeKind.Quantity || !part.Items[0].IsNumber || part.Items[0].Value.Sign < 0) return null;
        Unit large = value.Unit!, small = part.Unit!;
        if (!large.IsMeasure || !small.IsMeasure || small.In(large) is not { Pi: 0 } size || size.Factor >= BigRational.One) return null;
        BigRational rest = part.Items[0].Value * size.Factor;
        if (within && rest >= BigRational.One || value.Items[0] is { IsNumber: true, Value.Sign: < 0 }) return null;
        int decimals = part.Items[0].Decimals;
        return Nodes.Quantity(Nodes.Add([value.Items[0], Nodes.Number(rest, decimals)]), large.With(small.Words));
    }

    // 25^\circ, 25^\circ 30', 25^\circ 30' 15'', 20^\circ\text{C}
    private Node? Angle(Node value)
    {
        if (Kind is TokenKind.Symbol or TokenKind.Text && Current.Text.AsSpan().Trim() is "C" or "F"
            && !(NextKind is TokenKind.Symbol && !_tokens[_at + 1].SpaceBefore))
        {
            string scale = Current.Text.AsSpan().Trim() is "C" ? "celsius" : "fahrenheit";
            _at++;
            return Made(Nodes.Quantity(value, Currency(scale)));
        }
        if (Kind is TokenKind.Word or TokenKind.Text && value.IsNumber
            && UnitReader.Read("° " + Current.Text, isText: true) is { IsDegree: false, Unit.IsMeasure: true } temperature)
        {
            _at++;
            return Made(Nodes.Quantity(value, temperature.Unit));
        }
        if (Kind != TokenKind.Number || !value.IsNumber) return Made(Nodes.Degree(value));
        BigRational sum = value.Value, size = BigRational.One;
        for (int marks = 1; marks <= 2 && Kind == TokenKind.Number; marks++)
        {
            int start = _at;
            if (NumberLiteral() is not { IsNumber: true } part) return Malformed();
            if (Primes() != marks)
            {
                if (marks == 1) return Malformed();
                _at = start;
                break;
            }
            size *= new BigRational(1, 60);
            sum += part.Value * size;
        }
        return Made(Nodes.Degree(Nodes.Number(sum)));
    }

    // 5'6'': feet and inches, or minutes and seconds of arc
    private Node? Marked(Node value)
    {
        string name = Primes() switch { 1 => "ft", 2 => "inch", _ => "" };
        if (!UnitTable.TryName(name, out Unit unit) || !UnitTable.TryName(name == "ft" ? "arcmin" : "arcsec", out Unit arc)) return Malformed();
        return Made(Nodes.Quantity(value, unit.Or(arc).Loose()));
    }

    // the prime marks at this place, also in a superscript; read over
    private int Primes()
    {
        int count = 0;
        bool raised = Kind == TokenKind.Caret && NextKind is TokenKind.Prime or TokenKind.OpenGroup;
        if (raised) _at++;
        bool group = raised && Kind == TokenKind.OpenGroup;
        if (group) _at++;
        while (Kind == TokenKind.Prime)
        {
            count++;
            _at++;
        }
        if (group && Kind == TokenKind.CloseGroup) _at++;
        return count;
    }
}
