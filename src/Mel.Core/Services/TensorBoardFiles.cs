using System.Globalization;
using Mel.Training;
using Tensorboard;

namespace Mel.Services;

/// <summary>
/// Writes the figures of every step as TensorBoard event files, so that <c>tensorboard --logdir</c> with the folder, or with one above it, shows their curves.
/// A tag is the name of a figure, and a value is its number in single precision.
/// </summary>
/// <remarks>
/// A run that goes on writes a further file, as TensorBoard expects it, after it has cut the earlier ones back to the steps of its checkpoint: every step
/// has its figures once, and a TensorBoard that watches forgets what was taken back. A run that begins at step 1 sets older files aside in a folder
/// <c>earlier-1</c>, <c>earlier-2</c>, ..., which TensorBoard shows as a run of its own. Files of other programs stay. A step that cannot be written, on a
/// full disk for instance, is kept and tried again with the next one; the end of the run is an error if one is left.
/// </remarks>
public sealed class TensorBoardFiles : IRunService, IDisposable
{
    // TensorBoard knows its files by the second part, and reads them in the order of their names.
    private const string Lead = "events.out.tfevents.", Tail = ".mel";

    private readonly string _folder;
    private readonly DelayedFile _file = new("figures");

    /// <summary>Names the folder, which is made when a run starts.</summary>
    /// <param name="folder">The folder, one for each run. Its name, seen from the folder that TensorBoard is given, is that of the run.</param>
    public TensorBoardFiles(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        _folder = Path.GetFullPath(folder);
    }

    /// <inheritdoc/>
    public ValueTask StartAsync(RunContext run, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(run);
        _file.Close();
        Directory.CreateDirectory(_folder);
        // The figures of a step that not every service has seen are written when all have.
        int steps = run.State.OpenFigures is null ? run.State.Step : run.State.Step - 1;
        foreach (string path in Written()) CutBack(path, run.State.Step == 0 ? int.MaxValue : steps);
        if (run.State.Step == 0) SetAside();
        _file.Open(Next(run.Time.GetUtcNow()));
        Add(new Event { FileVersion = "brain.Event:2" }, run);
        if (steps > 0) Add(new Event { Step = steps + 1, SessionLog = new SessionLog { Status = SessionLog.Types.SessionStatus.Start } }, run);
        _file.Write(run, steps);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask ReportAsync(RunContext run, StepReport report, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(report);
        Summary figures = new();
        foreach ((string name, double number) in report.Metrics) figures.Value.Add(new Summary.Types.Value { Tag = name, SimpleValue = (float)number });
        Add(new Event { Step = report.Step, Summary = figures }, run);
        _file.Write(run, report.Step);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    /// <exception cref="IOException">A step could not be written.</exception>
    public ValueTask EndAsync(RunContext run)
    {
        _file.End();
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private void Add(Event content, RunContext run)
    {
        content.WallTime = (run.Time.GetUtcNow() - DateTimeOffset.UnixEpoch).TotalSeconds;
        EventRecords.Write(_file.Pending(_folder), content);
    }

    /// <summary>The files that this service wrote, the oldest first.</summary>
    private IEnumerable<string> Written()
        => Directory.GetFiles(_folder, $"{Lead}*{Tail}").Where(path => TimeOf(path) >= 0).OrderBy(TimeOf);

    /// <summary>A file that TensorBoard reads after all that are there.</summary>
    private string Next(DateTimeOffset now)
    {
        long time = Math.Max(now.ToUnixTimeSeconds(), Written().Select(TimeOf).DefaultIfEmpty().Max() + 1);
        return Path.Combine(_folder, string.Create(CultureInfo.InvariantCulture, $"{Lead}{time:D10}{Tail}"));
    }

    private static long TimeOf(string path)
        => long.TryParse(Path.GetFileName(path)[Lead.Length..^Tail.Length], NumberStyles.None, CultureInfo.InvariantCulture, out long time) ? time : -1;

    /// <summary>Takes from the end of a file what is not whole or belongs to later steps. A file in which no step is left goes.</summary>
    private static void CutBack(string path, int lastStep)
    {
        long end = 0;
        bool holdsStep = false;
        using (FileStream file = new(path, FileMode.Open, FileAccess.ReadWrite, FileShare.Read))
        {
            foreach ((Event content, long behind) in EventRecords.Read(file))
            {
                if (content.WhatCase == Event.WhatOneofCase.Summary && content.Step > lastStep) break;
                holdsStep |= content.WhatCase == Event.WhatOneofCase.Summary;
                end = behind;
            }

            if (end < file.Length) file.SetLength(end);
        }

        if (!holdsStep) File.Delete(path);
    }

    private void SetAside()
    {
        string[] older = [.. Written()];
        if (older.Length == 0) return;
        int number = 1;
        while (Path.Exists(Aside())) number++;
        Directory.CreateDirectory(Aside());
        foreach (string path in older) File.Move(path, Path.Combine(Aside(), Path.GetFileName(path)));

        string Aside() => Path.Combine(_folder, string.Create(CultureInfo.InvariantCulture, $"earlier-{number}"));
    }
}
