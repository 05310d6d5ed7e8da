using System.Diagnostics.Metrics;
using Mel.Rollouts;
using Microsoft.Extensions.Logging;

namespace Mel.Training;

/// <summary>The parts a trainer may be given beside policy, verifier, algorithm and options. Every part has a default.</summary>
public sealed class TrainerParts
{
    /// <summary>Another engine that samples the rollouts in place of the policy. It must follow the policy's weights.</summary>
    /// <value>The default is null: the policy samples.</value>
    public ISampler? Sampler { get; set; }

    /// <summary>
    /// Frozen policy for divergence terms in the reward or in the loss. It is scored without a gradient, and shares no parameter that trains with the policy.
    /// Where no term asks for it, the divergence from it is only measured.
    /// </summary>
    /// <value>The default is null: none.</value>
    public IPolicy? Reference { get; set; }

    /// <summary>Services of the run, in the order in which they are called.</summary>
    /// <value>The default is empty.</value>
    public IReadOnlyList<IRunService> Services { get; set; } = [];

    /// <summary>Receives events.</summary>
    /// <value>The default is null: nobody.</value>
    public ILogger<Trainer>? Logger { get; set; }

    /// <summary>Clock for the durations of the reports.</summary>
    /// <value>The default is the system's.</value>
    public TimeProvider Time { get; set; } = TimeProvider.System;

    /// <summary>Makes the meter <c>Mel</c>.</summary>
    /// <value>The default is null: a meter of the trainer's own.</value>
    public IMeterFactory? Meters { get; set; }

    /// <summary>A copy, so that later changes of the caller's object have no effect on a run.</summary>
    internal TrainerParts Copy() => new()
    {
        Sampler = Sampler, Reference = Reference, Services = [.. Services], Logger = Logger, Time = Time, Meters = Meters,
    };
}
