using Mel.Evaluation;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Mel.Samples.Evaluate;

/// <summary>
/// The table of the paper: a row per model, three columns per set and for their average, in percent. Below each figure stands its 95 % interval. What is too
/// wide for the terminal goes on in a further table, as it does in the paper; the best figure of a column is bold.
/// </summary>
internal static class ResultTable
{
    private const int CellWidth = 11, NameWidth = 14;

    public static void Write(IAnsiConsole console, IReadOnlyList<TableEntry> entries)
    {
        string[] models = [.. entries.Select(e => e.Model).Distinct()], sets = [.. entries.Select(e => e.Set).Distinct()];
        List<Column> columns = [];
        foreach (string set in sets)
        {
            ILookup<string, EvaluationFigure> figures = entries.Where(e => e.Set == set).SelectMany(e => e.Figures).ToLookup(f => f.Name);
            foreach (string figure in figures.Select(f => f.Key))
                columns.Add(new Column(set, figure, [.. models.Select(model => Cell(entries, model, [set], figure))]));
        }

        if (sets.Length > 1)
        {
            foreach (string figure in columns.Select(c => c.Figure).Distinct().ToArray())
                columns.Add(new Column("Average", figure, [.. models.Select(model => Cell(entries, model, sets, figure))]));
        }

        int fits = Math.Max(1, (console.Profile.Width - NameWidth) / (3 * CellWidth));
        foreach (IGrouping<string, Column>[] part in columns.GroupBy(c => c.Set).Chunk(fits)) Write(console, models, [.. part.SelectMany(g => g)]);
        console.WriteLine("Percent; below each figure its 95 % interval over questions (Clopper-Pearson for proportions, bootstrap for means).");
    }

    private static void Write(IAnsiConsole console, string[] models, Column[] columns)
    {
        Table table = new Table().Border(TableBorder.Simple).AddColumn(new TableColumn("Method"));
        foreach (Column column in columns)
            table.AddColumn(new TableColumn(new Text($"{column.Set}\n{column.Figure}")).RightAligned());
        for (int row = 0; row < models.Length; row++)
        {
            int at = row;
            IRenderable[] cells = [.. columns.Select(c => new Text(c.Text(at), c.IsBest(at) ? new Style(decoration: Decoration.Bold) : Style.Plain))];
            table.AddRow([new Text(models[row]), .. cells]);
        }

        console.Write(table);
    }

    /// <summary>The figure of a model on a set, or the average of several with the interval that resamples each by itself.</summary>
    private static Cell? Cell(IReadOnlyList<TableEntry> entries, string model, string[] sets, string figure)
    {
        EvaluationFigure[] found =
        [
            .. from set in sets
               from entry in entries
               where entry.Model == model && entry.Set == set
               from candidate in entry.Figures
               where candidate.Name == figure
               select candidate,
        ];
        if (found.Length != sets.Length) return null;
        return new Cell(found.Average(f => f.Mean), found is [var one] ? one.Interval : Bootstrap.PercentileOfAverage([.. found.Select(f => f.Values)]));
    }
}

/// <summary>A figure with its interval.</summary>
internal sealed record Cell(double Mean, (double Low, double High) Interval);

/// <summary>A column: the cells of all models, null where a model has none.</summary>
internal sealed record Column(string Set, string Figure, Cell?[] Cells)
{
    public bool IsBest(int row) => Cells.Length > 1 && Cells[row] is { } cell && cell.Mean >= Cells.Max(c => c?.Mean ?? 0);

    public string Text(int row) => Cells[row] is not { } cell || double.IsNaN(cell.Mean) ? "-"
        : double.IsNaN(cell.Interval.Low) ? $"{100 * cell.Mean:F2}"
        : $"{100 * cell.Mean:F2}\n{100 * cell.Interval.Low:F1}-{100 * cell.Interval.High:F1}";
}
