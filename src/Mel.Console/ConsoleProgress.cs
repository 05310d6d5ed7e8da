using Mel.Runtime;
using Mel.Training;
using Spectre.Console;

namespace Mel.Terminal;

/// <summary>
/// Shows the progress of a training run. On a terminal: a table that gains a row per step, above a status line with a bar that is kept up to date. Where output
/// is redirected, or the terminal knows no escape sequences: one plain line per step. Safe to use from several threads.
/// </summary>
/// <remarks>
/// Showing progress never stops a run: a terminal that is too narrow gets shorter lines, and once output cannot be written (a closed pipe) nothing is shown any
/// more. Dispose it before other output follows: it takes the status line away.
/// </remarks>
public sealed class ConsoleProgress : IRunService, IProgress<StepReport>, IDisposable
{
    private const string EraseLine = "\r\u001b[2K";
    private const int BarColumns = 24;

    private static readonly (string Title, int Columns)[] Table = [("step", 11), ("reward", 8), ("retained", 12), ("tokens/s", 10), ("remaining", 11)];

    private readonly Lock _gate = new();
    private readonly IAnsiConsole _console;
    private readonly ConsoleProgressOptions _options;
    private readonly RemainingTime _remaining;
    private readonly bool _live;
    private bool _started;
    private bool _closed;

    /// <summary>Creates the progress display.</summary>
    /// <param name="console">Where to write, or null for the process's own console.</param>
    /// <param name="options">Settings, or null for the defaults.</param>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">A number in the options is below 1.</exception>
    public ConsoleProgress(IAnsiConsole? console = null, ConsoleProgressOptions? options = null)
    {
        _options = OptionRules.Checked(options, new ConsoleProgressOptionsValidator());
        _console = console ?? AnsiConsole.Create(new AnsiConsoleSettings());     // the process's output as it is now, also when it was redirected
        _remaining = new RemainingTime(_options.EstimateFromSteps);
        _live = _console.IsLive();
    }

    /// <inheritdoc/>
    public void Report(StepReport value)
    {
        ArgumentNullException.ThrowIfNull(value);
        lock (_gate)
        {
            var figures = new StepFigures(value, _remaining.After(value));
            bool line = !_started || value.Step >= value.Steps || value.Step % _options.StepsPerLine == 0;
            Attempt(() =>
            {
                if (_live) ShowLive(value, figures, line);
                else if (line) WritePlain(figures);
            });
            _started = true;
        }
    }

    /// <inheritdoc/>
    public ValueTask ReportAsync(RunContext run, StepReport report, CancellationToken cancellationToken)
    {
        Report(report);
        return ValueTask.CompletedTask;
    }

    /// <summary>Takes the status line away and writes nothing more.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_live && _started) Attempt(() => Write(EraseLine));
            _closed = true;
        }
    }

    private string Label => _options.Label.Length == 0 ? "" : TerminalText.Safe(_options.Label).Replace('\n', ' ') + "  ";

    private void Attempt(Action write)
    {
        if (_closed) return;
        try
        {
            write();
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or UnauthorizedAccessException)
        {
            _closed = true;      // nobody reads any more; the run goes on
        }
    }

    private void WritePlain(StepFigures figures)
    {
        string note = figures.Note.Length == 0 ? "" : $"  ({figures.Note})";
        WriteLine(
            $"{Label}step {figures.Step}  reward {figures.Reward}  retained {figures.Retention}  "
            + $"tokens/s {figures.TokensPerSecond}  remaining {figures.Remaining}{note}");
    }

    private void ShowLive(StepReport report, StepFigures figures, bool line)
    {
        // One column stays free: a line that fills the last one wraps on some terminals.
        int columns = Math.Max(1, _console.Profile.Width - 1);
        Write(EraseLine);
        if (!_started) WriteLine(Bold(Fit(Label + Row([.. Table.Select(column => column.Title)]), columns)));
        if (line)
        {
            string row = Label + Row([figures.Step, figures.Reward, figures.Retention, figures.TokensPerSecond, figures.Remaining]);
            WriteLine(Fit(figures.Note.Length == 0 ? row : $"{row}  {figures.Note}", columns));
        }
        double done = report.Steps <= 0 ? 1 : Math.Clamp((double)report.Step / report.Steps, 0, 1);
        string bar = columns < BarColumns + 20 ? "" : Bar(done) + " ";
        Write(Fit($"{Label}{bar}{figures.Step}  reward {figures.Reward}  {figures.Remaining} left", columns));
    }

    private string Bar(double done)
    {
        (char full, char rest) = _console.Profile.Capabilities.Unicode ? ('━', '─') : ('#', '-');
        int columns = (int)(done * BarColumns);
        return new string(full, columns) + new string(rest, BarColumns - columns);
    }

    private static string Row(string[] cells) => string.Concat(cells.Select((cell, i) => cell.PadLeft(Table[i].Columns)));

    private static string Fit(string text, int columns) => TerminalText.Cut(text.TrimEnd(), columns);

    private static string Bold(string text) => $"\u001b[1m{text}\u001b[0m";

    private void WriteLine(string text) => Write(text + Environment.NewLine);

    // Not through the console's own renderer, which wraps at a width of 80 where output is redirected.
    private void Write(string text)
    {
        TextWriter writer = _console.Profile.Out.Writer;
        writer.Write(text);
        writer.Flush();
    }
}
