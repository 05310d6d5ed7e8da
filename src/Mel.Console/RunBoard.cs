using Mel.Runtime;
using Mel.Training;
using Spectre.Console;

namespace Mel.Terminal;

/// <summary>
/// Shows one training run or several side by side. On a terminal: a board that is redrawn in place, with progress, curves of accuracy and evaluation, and what
/// the run found last. Where output is redirected, or the terminal knows no escape sequences: one plain line per step. Safe to use from several threads.
/// </summary>
/// <remarks>
/// Showing progress never stops a run: on a small terminal the board says less, and once output cannot be written (a closed pipe) nothing is shown any more.
/// While the board is open, other output goes through <see cref="WriteLine"/>. Dispose it before other output follows; the last figures stay.
/// </remarks>
public sealed class RunBoard : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();
    private readonly IAnsiConsole _console;
    private readonly RunBoardOptions _options;
    private readonly List<RunTrack> _runs = [];
    private readonly SemaphoreSlim _changed = new(0);
    private readonly bool _live;
    private Task? _drawing;
    private volatile bool _closed;

    /// <summary>Creates the board; it appears with its first run.</summary>
    /// <param name="console">Where to write, or null for the process's own console.</param>
    /// <param name="options">Settings, or null for the defaults.</param>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">A number in the options is below 1.</exception>
    public RunBoard(IAnsiConsole? console = null, RunBoardOptions? options = null)
    {
        _options = OptionRules.Checked(options, new RunBoardOptionsValidator());
        _console = console ?? AnsiConsole.Create(new AnsiConsoleSettings());     // the process's output as it is now, also when it was redirected
        _live = _console.IsLive();
    }

    /// <summary>Adds a run to the board. It is shown as waiting until its first step is done.</summary>
    /// <param name="name">What the run is called; empty where it is the only one.</param>
    /// <returns>The service to give to the run's trainer.</returns>
    public BoardRun Add(string name = "")
    {
        ArgumentNullException.ThrowIfNull(name);
        RunTrack track = new(TerminalText.OneLine(name), _options.EstimateFromSteps);
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            _runs.Add(track);
            if (_live) _drawing ??= Task.Run(DrawAsync);
        }

        _changed.Release();
        return new BoardRun(this, track);
    }

    /// <summary>Writes a line of text above the board.</summary>
    /// <param name="text">The text. Control characters in it are shown, not carried out.</param>
    public void WriteLine(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string safe = TerminalText.Safe(text);
        Attempt(() =>
        {
            if (_live) _console.Write(new BoardNotice(safe));
            else _console.Profile.Out.Writer.WriteLine(safe);
        });
    }

    /// <summary>Draws the last figures and lets go of the terminal.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_closed) return;
            _closed = true;
        }

        _changed.Release();
        // Drawing ends with the frame at hand; where the terminal hangs, the program does not hang with it.
        if (_drawing is null || _drawing.Wait(Patience)) _changed.Dispose();
    }

    internal void Report(RunTrack track, StepReport report)
    {
        string? line = null;
        lock (_gate)
        {
            bool first = track.Latest is null;
            track.Add(report);
            if (!_live && (first || report.Step >= report.Steps || report.Step % _options.StepsPerLine == 0)) line = PlainLine.Of(track);
        }

        if (line is not null) Attempt(() => WritePlain(line));
        else if (_live && !_closed) _changed.Release();
    }

    private void WritePlain(string line)
    {
        lock (_gate)
        {
            // Not through the console's own renderer, which wraps at a width of 80 where output is redirected.
            TextWriter writer = _console.Profile.Out.Writer;
            writer.WriteLine(line);
            writer.Flush();
        }
    }

    private async Task DrawAsync()
    {
        try
        {
            BoardView view = new(() =>
            {
                lock (_gate) return [.. _runs.Select(run => run.Snapshot())];
            });
            await _console.Live(view).AutoClear(false).Overflow(VerticalOverflow.Crop).Cropping(VerticalOverflowCropping.Bottom).StartAsync(async context =>
            {
                while (!_closed)
                {
                    context.Refresh();
                    await _changed.WaitAsync().ConfigureAwait(false);
                    while (_changed.Wait(0))
                    {
                        // several steps since the last frame are one frame
                    }
                }

                context.Refresh();
            }).ConfigureAwait(false);
        }
        catch (Exception e) when (IsLostOutput(e))
        {
            _closed = true;      // nobody reads any more; the runs go on
        }
    }

    private void Attempt(Action write)
    {
        if (_closed) return;
        try
        {
            write();
        }
        catch (Exception e) when (IsLostOutput(e))
        {
            _closed = true;
        }
    }

    private static bool IsLostOutput(Exception e) => e is IOException or ObjectDisposedException or UnauthorizedAccessException;
}
