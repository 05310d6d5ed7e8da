using System.Diagnostics.Metrics;

namespace Mel.Diagnostics;

/// <summary>The instruments of a training run, on one meter named <c>Mel</c>.</summary>
internal sealed class MelMeter : IDisposable
{
    public const string Name = "Mel";

    private readonly Meter? _owned;
    private readonly Histogram<double> _stepDuration;
    private readonly Counter<long> _tokens;
    private readonly Gauge<double> _reward;
    private readonly Gauge<double> _noSignal;
    private readonly Counter<long> _experiences;

    public MelMeter(IMeterFactory? factory)
    {
        Meter meter = factory?.Create(new MeterOptions(Name)) ?? (_owned = new Meter(Name));
        _stepDuration = meter.CreateHistogram<double>("mel.step.duration", "s", "Duration of a training step.");
        _tokens = meter.CreateCounter<long>("mel.rollout.tokens", "{token}", "Tokens sampled: rollouts, experiences and replays.");
        _reward = meter.CreateGauge<double>("mel.reward.mean", "1", "Mean reward of the judged trajectories.");
        _noSignal = meter.CreateGauge<double>("mel.group.no_signal_ratio", "1", "Share of groups whose rewards are all equal.");
        _experiences = meter.CreateCounter<long>("mel.experience.accepted", "{experience}", "Meta-experiences that were retained.");
    }

    /// <summary>Records a step. A reward or a share of NaN does not exist and is not recorded.</summary>
    public void Record(TimeSpan duration, long tokens, double reward, double noSignal, long experiences)
    {
        _stepDuration.Record(duration.TotalSeconds);
        _tokens.Add(tokens);
        if (!double.IsNaN(reward)) _reward.Record(reward);
        if (!double.IsNaN(noSignal)) _noSignal.Record(noSignal);
        _experiences.Add(experiences);
    }

    public void Dispose() => _owned?.Dispose();
}
