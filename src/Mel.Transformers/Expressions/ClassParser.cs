namespace Mel.Transformers.Expressions;

/// <summary>Reads a class in brackets: characters, ranges, escapes, classes within it, and intersections (<c>&amp;&amp;</c>).</summary>
/// <param name="pattern">The expression.</param>
/// <param name="escapes">Reads its characters and escapes.</param>
/// <param name="ignoreCase">Whether upper and lower case are the same.</param>
internal sealed class ClassParser(string pattern, EscapeReader escapes, bool ignoreCase)
{
    private const int MostLevels = 16;

    private int _level;

    /// <summary>Reads a class, from its opening bracket on.</summary>
    public Func<int, bool> Parse(ref int at)
    {
        int start = at++;
        if (++_level > MostLevels) throw new ExpressionException($"more than {MostLevels} levels of classes");
        bool negative = at < pattern.Length && pattern[at] == '^';
        if (negative) at++;
        if (at < pattern.Length && pattern[at] == ']') throw new ExpressionException($"a class at {start} that begins with ']'");

        var members = new List<Func<int, bool>>();
        var operands = new List<Func<int, bool>>();
        while (true)
        {
            if (at >= pattern.Length) throw new ExpressionException($"'[' at {start} without ']'");
            if (pattern[at] == ']') break;
            if (pattern.AsSpan(at).StartsWith("&&", StringComparison.Ordinal))
            {
                operands.Add(Folded(Union(members, start)));
                members = [];
                at += 2;
            }
            else members.Add(Member(ref at));
        }
        at++;
        operands.Add(Folded(Union(members, start)));
        _level--;
        Func<int, bool>[] all = [.. operands];
        Func<int, bool> contains = all.Length == 1 ? all[0] : c => all.All(operand => operand(c));
        return negative ? c => !contains(c) : contains;
    }

    private Func<int, bool> Folded(Func<int, bool> contains) => ignoreCase ? CaseFolding.Of(contains) : contains;

    private static Func<int, bool> Union(List<Func<int, bool>> members, int start)
    {
        Func<int, bool>[] all = [.. members];
        return all.Length switch
        {
            0 => throw new ExpressionException($"a class at {start} with nothing in it"),
            1 => all[0],
            _ => c => Array.Exists(all, member => member(c)),
        };
    }

    private Func<int, bool> Member(ref int at)
    {
        int start = at;
        if (pattern[at] == '[')
        {
            if (at + 1 < pattern.Length && pattern[at + 1] == ':') throw new ExpressionException($"a class by name ('[:') at {at}");
            return Parse(ref at);
        }
        Func<int, bool> single = Single(ref at, out int low);
        if (at + 1 >= pattern.Length || pattern[at] != '-' || pattern[at + 1] == ']') return single;
        at++;
        if (low < 0 || pattern[at] == '[') throw new ExpressionException($"a range at {start} that does not begin and end with a character");
        Single(ref at, out int high);
        if (high < low) throw new ExpressionException($"a range at {start} that does not begin and end with a character, the lower one first");
        return c => c >= low && c <= high;
    }

    private Func<int, bool> Single(ref int at, out int character)
    {
        if (pattern[at] == '\\') return escapes.Read(ref at, ignoreCase, inBrackets: true, out character);
        int literal = character = escapes.Character(ref at);
        if (ignoreCase) CaseFolding.Require(literal);
        return c => c == literal;
    }
}
