using System.Diagnostics;

namespace Mel.Samples.Study;

/// <summary>
/// Makes the runs that have no row yet, several side by side, each in a process of its own. The model of a world is made when the first run needs it.
/// </summary>
/// <param name="jobs">The runs in the order in which they are wanted.</param>
/// <param name="rows">Where rows go.</param>
/// <param name="settings">Folders and bounds.</param>
/// <param name="output">Where progress goes, a line for each run.</param>
internal sealed class Scheduler(IReadOnlyList<StudyJob> jobs, RowFiles rows, RunSettings settings, TextWriter output)
{
    private readonly Lock _gate = new();
    private readonly List<StudyJob> _waiting = [];
    private readonly Dictionary<StudyWorld, Task> _models = [];
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly List<double> _took = [];
    private int _failures;

    /// <returns>Number of runs that failed.</returns>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<RunRow> done = rows.Read();
        _waiting.AddRange(jobs.Where(job => !done.Any(job.Is)));
        Say($"{jobs.Count} runs, {jobs.Count - _waiting.Count} of them done. Rows: {settings.OutputFolder}");
        await Task.WhenAll(Enumerable.Range(0, settings.Parallel).Select(_ => Task.Run(() => WorkAsync(cancellationToken), cancellationToken)));
        Say(_waiting.Count == 0 ? "Every run is made." : $"{_waiting.Count} runs are left; the same command goes on with them.");
        return _failures;
    }

    private async Task WorkAsync(CancellationToken cancellationToken)
    {
        while (_clock.Elapsed < settings.Budget)
        {
            cancellationToken.ThrowIfCancellationRequested();
            (StudyJob? job, Task? model) = Next(cancellationToken);
            if (job is not null) await MakeAsync(job, cancellationToken);
            else if (model is not null) await Task.WhenAny(model);
            else return;
        }
    }

    /// <summary>The first run that can be made at once; else the making of a model to wait for; else nothing.</summary>
    private (StudyJob? Job, Task? Model) Next(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            foreach (StudyJob job in _waiting)
            {
                if (!StartingWeights.Exist(job.World, settings.CacheFolder))
                {
                    if (_models.ContainsKey(job.World)) continue;
                    return (null, _models[job.World] = MakeModelAsync(job.World, cancellationToken));
                }

                _waiting.Remove(job);
                return (job, null);
            }

            return (null, _models.Values.FirstOrDefault(m => !m.IsCompleted));
        }
    }

    private async Task MakeModelAsync(StudyWorld world, CancellationToken cancellationToken)
    {
        await Task.Yield();
        Say($"{world.Name}: making the model, {world.Parameters:N0} parameters");
        long start = Stopwatch.GetTimestamp();
        try
        {
            await StudyChild.RunAsync(["warm-start", "--world", world.Name, "--cache", settings.CacheFolder], cancellationToken);
            Say($"{world.Name}: the model is made, {Stopwatch.GetElapsedTime(start).TotalSeconds:0} s");
        }
        catch (InvalidOperationException e)
        {
            lock (_gate) _failures += _waiting.RemoveAll(job => job.World == world);
            Say($"{world.Name}: no model, and so no runs ({e.Message})");
        }
    }

    private async Task MakeAsync(StudyJob job, CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        try
        {
            string line = await StudyChild.RunAsync(
                ["one", "--part", job.Part, "--arm", job.Arm.Name, "--world", job.World.Name, "--seed", $"{job.Seed}", "--steps", $"{job.Steps}",
                    "--cache", settings.CacheFolder],
                cancellationToken);
            RunRow row = RunRow.Parse(line);
            double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            lock (_gate)
            {
                rows.Append(row);
                _took.Add(seconds);
            }

            Say($"{job}: {string.Join(' ', Shown(row))}, {seconds:0} s; {_waiting.Count} runs are left, {Left()}");
        }
        catch (InvalidOperationException e)
        {
            lock (_gate) _failures++;
            Say($"{job}: failed ({e.Message})");
        }
    }

    private static IEnumerable<string> Shown(RunRow row)
        => row.EvaluatedSteps.Zip(row.Greedy).Where(e => e.First % 10 == 0).Select(e => $"{e.Second:.000}");

    private string Left()
    {
        lock (_gate)
        {
            double median = _took.Order().ElementAt(_took.Count / 2);
            return $"about {TimeSpan.FromSeconds(median * _waiting.Count / settings.Parallel).TotalMinutes:0} minutes";
        }
    }

    private void Say(string line)
    {
        lock (_gate) output.WriteLine($"{DateTime.Now:HH:mm:ss}  {line}");
    }
}

/// <summary>Folders and bounds of a study.</summary>
/// <param name="OutputFolder">Folder of the rows.</param>
/// <param name="CacheFolder">Folder of the models.</param>
/// <param name="Parallel">Runs side by side.</param>
/// <param name="Budget">Time after which no run is begun.</param>
internal sealed record RunSettings(string OutputFolder, string CacheFolder, int Parallel, TimeSpan Budget);
