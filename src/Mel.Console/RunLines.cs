using Spectre.Console;
using Spectre.Console.Rendering;

namespace Mel.Terminal;

/// <summary>The lines of one run on a board, cut to the width of the terminal.</summary>
/// <param name="columns">Columns of a line.</param>
/// <param name="nameColumns">Columns of the names of the runs.</param>
/// <param name="unicode">Whether the terminal shows more than ASCII.</param>
internal sealed class RunLines(int columns, int nameColumns, bool unicode)
{
    /// <summary>Progress, curves, figures, phases and the last heuristic.</summary>
    public const int Full = 5;

    /// <summary>Progress and curves.</summary>
    public const int Short = 2;

    /// <summary>Progress alone.</summary>
    public const int Bare = 1;

    private const int WideBar = 24;

    private const string Missing = "-";

    private static readonly Style Quiet = new(Color.Grey), Strong = new(decoration: Decoration.Bold), Curve = new(Color.Green), Warning = new(Color.Yellow);

    public IEnumerable<IReadOnlyList<Segment>> Of(RunSnapshot run, int detail)
    {
        yield return Progress(run);
        if (detail == Bare) yield break;
        yield return Curves(run);
        if (detail == Short) yield break;
        yield return Figures(run);
        yield return Phases(run);
        if (run.Heuristic.Length > 0) yield return Heuristic(run);
    }

    private List<Segment> Progress(RunSnapshot run)
    {
        Line line = new(columns);
        if (nameColumns > 0) line.Add(TerminalText.Cut(run.Name, nameColumns).PadRight(nameColumns + 2), Strong);
        if (run.Latest is not { } latest) return line.Add("waiting for its first step", Quiet).Segments;
        int bar = Math.Min(WideBar, columns - nameColumns - 40);
        if (bar >= 8) line.Add(Bar(latest.Done, bar), Curve).Add(" ");
        string left = latest.Done < 1 ? latest.Remaining + " left" : "done";
        line.Add(latest.Step, Strong).Add($"  {left}  {latest.TokensPerSecond} tokens/s", Quiet);
        return (latest.Note.Length == 0 ? line : line.Add("  " + latest.Note, Warning)).Segments;
    }

    private List<Segment> Curves(RunSnapshot run)
    {
        if (run.Latest is not { } latest) return [];
        // Half of the line for each of the two curves, the labels included.
        int room = run.Evaluation.Count == 0 ? columns - 24 : (columns - 34 - run.EvaluationName.Length) / 2;
        Line line = Indented("accuracy ").Add(latest.Accuracy + " ", Strong).Add(Sparkline.Draw(run.Accuracy, Math.Clamp(room, 0, 60), unicode), Curve);
        if (run.Evaluation.Count == 0) return line.Segments;
        return line.Add("   " + run.EvaluationName + " ", Quiet).Add(StepFigures.Number(run.Evaluation[^1], "0.000") + " ", Strong)
            .Add(Sparkline.Draw(run.Evaluation, Math.Clamp(room, 0, 60), unicode), Curve).Segments;
    }

    private List<Segment> Figures(RunSnapshot run)
    {
        if (run.Latest is not { } latest) return [];
        Line line = new(columns);
        foreach ((string name, string value) in (ReadOnlySpan<(string, string)>)
            [("reward", latest.Reward == latest.Accuracy ? Missing : latest.Reward), ("entropy", latest.Entropy), ("length", latest.Length),
                ("clipped", latest.Clipped), ("retained", latest.Retention), ("no signal", latest.WithoutSignal)])
        {
            if (value != Missing) line.Add($"  {name} ", Quiet).Add(value);
        }

        return line.Segments;
    }

    private List<Segment> Phases(RunSnapshot run)
    {
        if (run.Latest is not { Phases.Count: > 0 } latest) return [];
        Line line = Indented("time");
        foreach ((string phase, string share) in latest.Phases) line.Add("  " + phase + " ", Quiet).Add(share);
        return line.Segments;
    }

    private List<Segment> Heuristic(RunSnapshot run)
        => Indented("learned ").Add(run.Heuristic, new Style(decoration: Decoration.Italic)).Segments;

    private Line Indented(string label) => new Line(columns).Add("  " + label, Quiet);

    private string Bar(double done, int width)
    {
        (char full, char rest) = unicode ? ('━', '─') : ('#', '-');
        int filled = (int)(done * width);
        return new string(full, filled) + new string(rest, width - filled);
    }

    /// <summary>Segments up to a number of columns; what does not fit is cut with an ellipsis.</summary>
    private sealed class Line(int columns)
    {
        private int _left = columns;

        public List<Segment> Segments { get; } = [];

        public Line Add(string text, Style? style = null)
        {
            if (_left <= 0) return this;
            string fits = TerminalText.Cut(text, _left);
            _left -= fits.Length;
            if (fits.Length > 0) Segments.Add(new Segment(fits, style ?? Style.Plain));
            return this;
        }
    }
}
