using Mel.Experiences;
using Spectre.Console;

namespace Mel.Terminal;

/// <summary>Writes what a run found: the meta-experiences of the model, and tables that compare runs.</summary>
public static class MelConsoleExtensions
{
    /// <summary>
    /// Writes the three parts of a meta-experience under their names. The text is the model's: nothing in it is taken for markup or reaches the terminal as a
    /// control character.
    /// </summary>
    /// <param name="console">Where to write.</param>
    /// <param name="experience">The meta-experience.</param>
    public static void WriteExperience(this IAnsiConsole console, MetaExperience experience)
    {
        ArgumentNullException.ThrowIfNull(console);
        ArgumentNullException.ThrowIfNull(experience);
        WritePart(console, "question", experience.Pair.Group.Prompt.Text);
        WritePart(console, "where the attempts part", experience.BifurcationPoint);
        WritePart(console, "critique", experience.Critique);
        WritePart(console, "heuristic", experience.Heuristic);
        console.WritePlainLine("");
    }

    /// <summary>Writes a table: the first column to the left, the others, which hold figures, to the right.</summary>
    /// <param name="console">Where to write.</param>
    /// <param name="header">The names of the columns.</param>
    /// <param name="rows">The cells of each row, one per column.</param>
    /// <exception cref="ArgumentException">A row has more or fewer cells than the header.</exception>
    public static void WriteComparison(this IAnsiConsole console, IReadOnlyList<string> header, params IReadOnlyList<IReadOnlyList<string>> rows)
    {
        ArgumentNullException.ThrowIfNull(console);
        ArgumentNullException.ThrowIfNull(header);
        ArgumentNullException.ThrowIfNull(rows);
        if (rows.FirstOrDefault(row => row.Count != header.Count) is { } odd)
            throw new ArgumentException($"A row has {odd.Count} cells but the header has {header.Count}; give one cell per column.", nameof(rows));
        string[][] cells = [.. rows.Prepend(header).Select(row => row.Select(cell => TerminalText.Safe(cell).Replace('\n', ' ')).ToArray())];
        int[] widths = [.. header.Select((_, column) => cells.Max(row => row[column].Length))];
        foreach ((int i, string[] row) in cells.Index())
        {
            string line = string.Join("  ", row.Select((cell, column) => column == 0 ? cell.PadRight(widths[0]) : cell.PadLeft(widths[column]))).TrimEnd();
            console.WritePlainLine(i == 0 && console.IsLive() ? $"\u001b[1m{line}\u001b[0m" : line);
            if (i == 0) console.WritePlainLine(new string('-', widths.Sum() + (2 * (widths.Length - 1))));
        }
    }

    /// <summary>Whether a console is a terminal that a person looks at and that knows escape sequences.</summary>
    internal static bool IsLive(this IAnsiConsole console) =>
        console.Profile.Out.IsTerminal && console.Profile.Capabilities.Ansi && console.Profile.Capabilities.Interactive;

    private static void WritePart(IAnsiConsole console, string name, string text)
    {
        string indented = TerminalText.Safe(text.Trim()).Replace("\n", "\n    ", StringComparison.Ordinal);
        console.WritePlainLine(console.IsLive() ? $"  \u001b[1m{name}\u001b[0m" : $"  {name}");
        console.WritePlainLine($"    {indented}");
    }

    private static void WritePlainLine(this IAnsiConsole console, string text) => console.Profile.Out.Writer.WriteLine(text);
}
