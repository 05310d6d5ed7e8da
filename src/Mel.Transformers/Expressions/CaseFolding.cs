namespace Mel.Transformers.Expressions;

/// <summary>
/// Upper and lower case without distinction, for ASCII letters. Two characters beyond ASCII fold to one of them: the long s (U+017F) and the Kelvin sign
/// (U+212A).
/// </summary>
internal static class CaseFolding
{
    private const int LongS = 0x17F, Kelvin = 0x212A;

    /// <summary>Neighboring letters that fold together to one character, such as ß: an expression with them would have to match that, too.</summary>
    private static readonly string[] Ligatures = ["ss", "st", "ff", "fi", "fl"];

    /// <summary>The set with both cases of its ASCII letters.</summary>
    public static Func<int, bool> Of(Func<int, bool> contains) => c => contains(c) || Partners(c).Any(contains);

    /// <summary>Throws where a character beyond ASCII has cases.</summary>
    public static void Require(int c)
    {
        if (c >= 128) throw new ExpressionException($"a character beyond ASCII (U+{c:X4}) where upper and lower case are the same");
    }

    /// <summary>Throws where two neighboring letters fold to one character.</summary>
    public static void Require(char first, char second)
    {
        string pair = $"{char.ToLowerInvariant(first)}{char.ToLowerInvariant(second)}";
        if (Ligatures.Contains(pair))
            throw new ExpressionException($"'{pair}' where upper and lower case are the same, which another single character would match, too");
    }

    private static int[] Partners(int c) => c switch
    {
        'k' or 'K' => ['k', 'K', Kelvin],
        Kelvin => ['k', 'K'],
        's' or 'S' => ['s', 'S', LongS],
        LongS => ['s', 'S'],
        < 128 when char.IsAsciiLetter((char)c) => [c ^ 0x20],
        _ => [],
    };
}
