using System.Text.Json;
using Mel.Verification;

namespace Mel.Services;

/// <summary>The fields that records have in common.</summary>
internal static class RecordText
{
    /// <summary>Writes a text. Of one that is too long the middle is left out, and a second field says how many characters these were.</summary>
    /// <returns>Whether the text is whole.</returns>
    public static bool Write(Utf8JsonWriter json, string name, string text, int mostCharacters)
    {
        if (text.Length <= mostCharacters)
        {
            json.WriteString(name, text);
            return true;
        }

        // The end of a response has its answer, so it stays. A pair of surrogates is not cut in two.
        int head = mostCharacters / 2, tail = text.Length - (mostCharacters - head);
        if (char.IsHighSurrogate(text[head - 1])) head--;
        if (char.IsLowSurrogate(text[tail])) tail++;
        json.WriteString(name, string.Concat(text.AsSpan(0, head), " [...] ", text.AsSpan(tail)));
        json.WriteNumber(name + "_left_out", tail - head);
        return false;
    }

    /// <summary>Writes verdict, score, reward and reason of a judgement.</summary>
    public static void Write(Utf8JsonWriter json, Judgement judgement, int mostCharacters)
    {
        json.WriteString("verdict", NameOf(judgement.Verdict));
        if (judgement.Score is { } score) Number(json, "score", score);
        if (judgement.Reason is { } reason) Write(json, "reason", reason, mostCharacters);
    }

    /// <summary>A member of an enumeration as it stands in records and figures: <c>context_too_long</c>.</summary>
    public static string NameOf<TEnum>(TEnum value)
        where TEnum : struct, Enum
        => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());

    /// <summary>Writes a number, or null where it is none.</summary>
    public static void Number(Utf8JsonWriter json, string name, double value)
    {
        if (double.IsFinite(value)) json.WriteNumber(name, value);
        else json.WriteNull(name);
    }
}
