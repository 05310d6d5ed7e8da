using Mel.Experiences;
using Mel.Memory;
using Mel.Samples.Miniature;
using Mel.Training;

namespace Mel.Samples.Study;

/// <summary>Watches a run and keeps what the study needs of it. What it knows of the truth never reaches the run.</summary>
/// <param name="world">Knows which heuristics are true.</param>
/// <param name="memory">The memory of the arm; null where it has none.</param>
/// <param name="heldOut">The questions to evaluate on; null evaluates nothing.</param>
internal sealed class RunRecorder(World world, ExperienceMemory? memory, HeldOutQuestions? heldOut) : IRunService
{
    /// <summary>Steps between two evaluations.</summary>
    public const int Every = 5;

    private static readonly int[] SampledAt = [30, 60];

    private readonly List<int> _evaluated = [], _sampled = [], _trusted = [];
    private readonly List<double> _greedy = [], _average = [], _pass = [], _reward = [], _seconds = [];
    private readonly SortedDictionary<string, IReadOnlyList<double>> _probe = new(StringComparer.Ordinal);
    private readonly List<double?> _retention = [], _truth = [], _trustedTruth = [];
    private TimeSpan _spent, _mark;

    public ValueTask StartAsync(RunContext run, CancellationToken cancellationToken)
    {
        _mark = Environment.CpuUsage.TotalTime;
        return ValueTask.CompletedTask;
    }

    /// <summary>Evaluates a model that does not train.</summary>
    public Task UntrainedAsync(CancellationToken cancellationToken) => EvaluateAsync(0, 0, cancellationToken);

    public async ValueTask StepAsync(RunContext run, StepReport report, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(report);
        _spent += Environment.CpuUsage.TotalTime - _mark;
        _reward.Add(Math.Round(report.Accuracy, 5));
        ExtractionResult experiences = report.Experiences;
        _retention.Add(Share(experiences.Retention));
        _truth.Add(Truth(experiences.Retained));
        foreach ((string name, double value) in report.Metrics.Where(m => m.Key.StartsWith("probe/", StringComparison.Ordinal)))
            _probe[name] = [.. _probe.GetValueOrDefault(name, []), Math.Round(value, 5)];
        if (report.Step % Every == 0 || report.Step == report.Steps)
        {
            _seconds.Add(Math.Round(_spent.TotalSeconds, 3));
            if (memory is not null) Remembered(memory);
            if (heldOut is not null) await EvaluateAsync(report.Step, report.Steps, cancellationToken);
        }

        _mark = Environment.CpuUsage.TotalTime;
    }

    public RunRow Row(StudyJob job, string weights) => new()
    {
        Part = job.Part, Arm = job.Arm.Name, World = job.World.Name, Seed = job.Seed, Steps = job.Steps, Settings = job.Arm.Settings, Weights = weights,
        EvaluatedSteps = _evaluated, Greedy = _greedy, SampledSteps = _sampled, AverageAt8 = _average, PassAt8 = _pass, Reward = _reward, Seconds = _seconds,
        Retention = job.Arm.Addition == Addition.Retrospective ? _retention : null,
        Truth = _truth.Exists(t => t is not null) ? _truth : null,
        Trusted = memory is null ? null : _trusted,
        TrustedTruth = memory is null ? null : _trustedTruth,
        Probe = _probe.Count == 0 ? null : _probe,
    };

    private async Task EvaluateAsync(int step, int steps, CancellationToken cancellationToken)
    {
        _evaluated.Add(step);
        _greedy.Add(Math.Round(await heldOut!.GreedyAsync(cancellationToken), 5));
        if (step != steps && !SampledAt.Contains(step)) return;
        (double average, double pass) = await heldOut.SampledAsync(cancellationToken);
        _sampled.Add(step);
        _average.Add(Math.Round(average, 5));
        _pass.Add(Math.Round(pass, 5));
    }

    private void Remembered(ExperienceMemory known)
    {
        RememberedHeuristic[] trusted = [.. known.Snapshot().Where(h => h.Consensus is not null)];
        _trusted.Add(trusted.Length);
        double[] read = [.. trusted.Select(h => IsTrue(h.Key, h.Consensus!)).OfType<bool>().Select(isTrue => isTrue ? 1.0 : 0.0)];
        _trustedTruth.Add(read.Length == 0 ? null : Share(read.Average()));
    }

    /// <summary>A key reads <c>HEUR op40 odd</c>, an answer <c>+9</c>; nobody can read one in other words.</summary>
    private bool? IsTrue(string key, string answer)
        => key.Split(' ') is [Words.Heuristic, var op, var parity] && Words.TryReadFact(op, parity, out Fact fact) ? world.TruthOf(fact).Word == answer : null;

    private double? Truth(IReadOnlyList<MetaExperience> written) => written.Count == 0
        ? null : Share(written.Average(e => Lesson.TryParse(e.Text, out Lesson? lesson, out _) && lesson.IsTrueIn(world) ? 1.0 : 0.0));

    private static double? Share(double value) => double.IsFinite(value) ? Math.Round(value, 5) : null;
}
