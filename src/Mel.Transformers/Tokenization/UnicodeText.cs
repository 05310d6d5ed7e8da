using System.Globalization;
using System.Text;

namespace Mel.Transformers.Tokenization;

/// <summary>Well-formedness and normalization forms of arbitrary strings, in time that grows with their length.</summary>
internal static class UnicodeText
{
    // Below U+0300 nothing combines and everything is already composed.
    private const char LastTrivial = '\u02FF';

    // Below U+00C0 nothing decomposes, and below U+00A0 nothing stands for something simpler.
    private const char LastWhole = '\u00BF', LastSimple = '\u009F';

    // The platform's normalizer takes time quadratic in a run of combining marks; no script stacks more than a few, text that attacks does.
    private const int LongestMarkRun = 1024;

    /// <summary>The text with every unpaired surrogate replaced by U+FFFD: what its UTF-8 form would say.</summary>
    public static string WithoutLoneSurrogates(string text)
    {
        int first = text.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF');
        if (first < 0) return text;
        for (int i = first; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i])) continue;
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1])) i++;
            else return Repaired(text, i);
        }
        return text;
    }

    /// <summary>Whether a form leaves every text of such characters as it is, seen at a glance.</summary>
    public static bool IsTriviallyNormal(ReadOnlySpan<char> text, NormalizationForm form) => !text.ContainsAnyExceptInRange('\0', form switch
    {
        NormalizationForm.FormC => LastTrivial,
        NormalizationForm.FormD => LastWhole,
        _ => LastSimple,
    });

    /// <summary>A normalization form of a text without lone surrogates.</summary>
    /// <remarks>
    /// U+FFFE, which <see cref="string.Normalize()"/> refuses, neither combines nor moves, so the text is normalized on both sides of it. A run of more than
    /// 1,024 combining marks is normalized in stretches of that length.
    /// </remarks>
    public static string Normalize(string text, NormalizationForm form)
    {
        if (IsTriviallyNormal(text, form)) return text;
        if (!text.Contains('\uFFFE', StringComparison.Ordinal) && LongRunEnd(text, 0) < 0) return text.Normalize(form);

        var normal = new StringBuilder(text.Length);
        for (int start = 0; start < text.Length;)
        {
            int stop = text.IndexOf('\uFFFE', start);
            if (stop < 0) stop = text.Length;
            int cut = LongRunEnd(text.AsSpan(0, stop), start);
            normal.Append(text[start..(cut < 0 ? stop : cut)].Normalize(form));
            start = cut < 0 ? stop : cut;
            if (start == stop && stop < text.Length)
            {
                normal.Append('\uFFFE');
                start++;
            }
        }
        return normal.ToString();
    }

    /// <summary>Throws when the process runs without Unicode data, where normalization would silently do nothing and token ids would be wrong.</summary>
    public static void RequireData()
    {
        if ("e\u0301".Normalize(NormalizationForm.FormC) != "\u00E9")
            throw new PlatformNotSupportedException("The tokenizer normalizes text, but this process runs in globalization-invariant mode, " +
                "where .NET does not normalize. " +
                "Install ICU (libicu) and set InvariantGlobalization to false (environment: DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=0).");
    }

    /// <summary>Where the first overlong run of combining marks at or after <paramref name="start"/> is to be cut, or -1.</summary>
    private static int LongRunEnd(ReadOnlySpan<char> text, int start)
    {
        int run = 0;
        for (int i = start; i < text.Length;)
        {
            if (text[i] <= LastTrivial)
            {
                int skip = text[i..].IndexOfAnyExceptInRange('\0', LastTrivial);
                if (skip < 0) return -1;
                i += skip;
                run = 0;
                continue;
            }
            Rune.DecodeFromUtf16(text[i..], out Rune rune, out int length);
            bool mark = Rune.GetUnicodeCategory(rune)
                is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark;
            run = mark ? run + 1 : 0;
            i += length;
            if (run == LongestMarkRun && i < text.Length) return i;
        }
        return -1;
    }

    private static string Repaired(string text, int first) => string.Create(text.Length, (text, first), static (result, state) =>
    {
        (string source, int i) = state;
        source.CopyTo(result);
        for (; i < result.Length; i++)
        {
            if (!char.IsSurrogate(result[i])) continue;
            if (char.IsHighSurrogate(result[i]) && i + 1 < result.Length && char.IsLowSurrogate(result[i + 1])) i++;
            else result[i] = '\uFFFD';
        }
    });
}
