using System.Text.Json;
using Mel.Runtime;

namespace Mel.Data.Layouts;

/// <summary>Recognizes a layout by the columns of a row, where they leave no doubt.</summary>
internal static class LayoutDetection
{
    /// <param name="row">The first row, with all its columns.</param>
    /// <param name="fault">Makes the exception where no layout is recognized.</param>
    public static DataLayout Of(JsonElement row, FileFault fault)
    {
        HashSet<string> columns = [.. row.EnumerateObject().Select(p => p.Name)];
        if (Has("prompt") && Has("reward_model") && row.GetProperty("prompt").ValueKind == JsonValueKind.Array) return DataLayout.Named("DAPO-Math-17k");
        if (Has("question") && Has("final_answer")) return DataLayout.Named("OlympiadBench");
        if (Has("problem") && Has("answer") && Has("unique_id")) return DataLayout.Named("MATH500");
        if (Has("problem") && Has("answer")) return DataLayout.Named("problem and answer");
        if (Has("question") && Has("answer") && row.GetProperty("answer") is { ValueKind: JsonValueKind.String } answer
            && answer.GetString()!.Contains("####", StringComparison.Ordinal)) return DataLayout.Named("GSM8K");
        string shown = string.Join(", ", columns.Take(20).Select(c => Excerpt.Of(c)));
        throw fault(
            $"its layout is not recognized; the columns are: {(shown.Length > 0 ? shown : "none")}. Name the layout ({string.Join(", ", DataLayout.Names)}), "
            + $"or say with {nameof(DataLayout)} which columns hold question and answer.");

        bool Has(string name) => columns.Contains(name);
    }
}
