using Spectre.Console.Rendering;

namespace Mel.Terminal;

/// <summary>Draws the runs of a board, in as many lines each as the terminal has room for.</summary>
/// <param name="runs">The runs as they are now.</param>
internal sealed class BoardView(Func<IReadOnlyList<RunSnapshot>> runs) : IRenderable
{
    // Room beside the board: a terminal echoes ^C where the cursor rests, behind the last line.
    private const int FreeColumns = 4, FreeRows = 2;

    public Measurement Measure(RenderOptions options, int maxWidth) => new(maxWidth, maxWidth);

    public IEnumerable<Segment> Render(RenderOptions options, int maxWidth)
    {
        IReadOnlyList<RunSnapshot> all = runs();
        int columns = Math.Max(1, maxWidth - FreeColumns), rows = Math.Max(1, options.ConsoleSize.Height - FreeRows);
        int nameColumns = Math.Min(all.Max(run => run.Name.Length), Math.Max(8, columns / 4));
        RunLines lines = new(columns, nameColumns, options.Unicode);
        // The most detailed form in which all runs fit; if none does, the last runs are cut off.
        IReadOnlyList<IReadOnlyList<Segment>> drawn = [];
        foreach (int detail in (ReadOnlySpan<int>)[RunLines.Full, RunLines.Short, RunLines.Bare])
        {
            drawn = [.. all.SelectMany(run => lines.Of(run, detail))];
            if (drawn.Count <= rows) break;
        }

        return drawn.Take(rows).SelectMany(line => line.Append(Segment.LineBreak));
    }
}
