using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Mel.Data.Layouts;

/// <summary>
/// A path to a value of a row: names with dots between them, and <c>[i]</c> for an element of a list. Several paths with <c>|</c> between them are tried in
/// turn.
/// </summary>
internal sealed partial class ColumnPath
{
    private readonly (string Whole, string[] Steps)[] _ways;

    private ColumnPath((string, string[])[] ways) => _ways = ways;

    /// <summary>The columns that the paths begin with.</summary>
    public IEnumerable<string> Columns => _ways.SelectMany(w => (string[])[w.Whole, w.Steps[0]]);

    /// <exception cref="FormatException">The text is no path.</exception>
    public static ColumnPath Parse(string text)
    {
        string[] ways = text.Split('|', StringSplitOptions.TrimEntries);
        return ways.All(w => Form().IsMatch(w))
            ? new ColumnPath([.. ways.Select(w => (w, Step().Matches(w).Select(m => m.Value.Trim('[', ']')).ToArray()))])
            : throw new FormatException($"'{text}' is no column path; expected one such as answer, reward_model.ground_truth or final_answer[0].");
    }

    /// <summary>The value, or null where the row has none or a null.</summary>
    public JsonElement? Find(JsonElement row)
    {
        foreach ((string whole, string[] steps) in _ways)
        {
            // A name may have dots in it.
            if (row.TryGetProperty(whole, out JsonElement named) && named.ValueKind != JsonValueKind.Null) return named;
            JsonElement? value = row;
            foreach (string step in steps) value = value is { } at ? Inner(at, step) : null;
            if (value is { ValueKind: not JsonValueKind.Null }) return value;
        }

        return null;
    }

    private static JsonElement? Inner(JsonElement value, string step) => value.ValueKind switch
    {
        JsonValueKind.Object => value.TryGetProperty(step, out JsonElement inner) ? inner : null,
        JsonValueKind.Array when int.TryParse(step, NumberStyles.None, CultureInfo.InvariantCulture, out int index) && index < value.GetArrayLength()
            => value[index],
        _ => null,
    };

    [GeneratedRegex(@"\A[^.\[\]|]+(?:\[\d{1,9}\])*(?:\.[^.\[\]|]+(?:\[\d{1,9}\])*)*\z")]
    private static partial Regex Form();

    [GeneratedRegex(@"[^.\[\]]+|\[\d+\]")]
    private static partial Regex Step();
}
