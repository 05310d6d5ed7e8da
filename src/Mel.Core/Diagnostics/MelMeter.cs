using System.Diagnostics.Metrics;

namespace Mel.Diagnostics;

/// <summary>The instruments of a training run, on one meter named <c>Mel</c>.</summary>
internal sealed class MelMeter : IDisposable
{
    public const string Name = "Mel";

    // Seconds. What libraries take for want of advice is made for milliseconds.
    private static readonly InstrumentAdvice<double> Durations = new()
    {
        HistogramBucketBoundaries = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1000, 2500],
    };

    private readonly Meter? _owned;
    private readonly Histogram<double> _stepDuration;
    private readonly Histogram<double> _phaseDuration;
    private readonly Counter<long> _tokens;
    private readonly Gauge<double> _reward;
    private readonly Gauge<double> _noSignal;
    private readonly Counter<long> _experiences;

    public MelMeter(IMeterFactory? factory)
    {
        Meter meter = factory?.Create(new MeterOptions(Name)) ?? (_owned = new Meter(Name));
        _stepDuration = meter.CreateHistogram("mel.step.duration", "s", "Duration of a training step.", null, Durations);
        _phaseDuration = meter.CreateHistogram("mel.phase.duration", "s", "Time that a step spent in one of its phases.", null, Durations);
        _tokens = meter.CreateCounter<long>("mel.rollout.tokens", "{token}", "Tokens sampled: rollouts, experiences and replays.");
        _reward = meter.CreateGauge<double>("mel.reward.mean", "1", "Mean reward of the judged trajectories.");
        _noSignal = meter.CreateGauge<double>("mel.group.no_signal_ratio", "1", "Share of groups whose rewards are all equal.");
        _experiences = meter.CreateCounter<long>("mel.experience.accepted", "{experience}", "Meta-experiences that were retained.");
    }

    /// <summary>Records a step. A reward or a share of NaN does not exist and is not recorded.</summary>
    public void Record(long tokens, double reward, double noSignal, long experiences)
    {
        _tokens.Add(tokens);
        if (!double.IsNaN(reward)) _reward.Record(reward);
        if (!double.IsNaN(noSignal)) _noSignal.Record(noSignal);
        _experiences.Add(experiences);
    }

    /// <summary>Records how long a step took.</summary>
    public void RecordStep(TimeSpan duration) => _stepDuration.Record(duration.TotalSeconds);

    /// <summary>Records how long a step was in a phase.</summary>
    public void RecordPhase(string phase, TimeSpan duration)
        => _phaseDuration.Record(duration.TotalSeconds, new KeyValuePair<string, object?>(ActivityTags.Phase, phase));

    public void Dispose() => _owned?.Dispose();
}
