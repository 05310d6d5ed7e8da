namespace Mel.Verifiers.Equivalence;

/// <summary>The common case, an integer against an integer, decided on the digits.</summary>
internal static class PlainInteger
{
    /// <summary>Whether both texts are plain integers; <paramref name="equal"/> tells whether they are the same one.</summary>
    public static bool AreBoth(string a, string b, out bool equal)
    {
        equal = false;
        if (!Read(a, out bool negativeA, out ReadOnlySpan<char> digitsA) || !Read(b, out bool negativeB, out ReadOnlySpan<char> digitsB)) return false;
        equal = digitsA.SequenceEqual(digitsB) && (negativeA == negativeB || digitsA is "0");
        return true;
    }

    public static bool IsOne(string text) => Read(text, out _, out _);

    private static bool Read(string text, out bool negative, out ReadOnlySpan<char> digits)
    {
        digits = text.AsSpan().Trim();
        negative = digits.Length > 0 && digits[0] == '-';
        if (digits.Length > 0 && digits[0] is '-' or '+') digits = digits[1..];
        if (digits.IsEmpty || digits.Length > 4096 || digits.IndexOfAnyExceptInRange('0', '9') >= 0) return false;
        digits = digits.TrimStart('0');
        if (digits.IsEmpty) digits = "0";
        return true;
    }
}
