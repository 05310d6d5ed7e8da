using Mel.Prompts;
using Mel.Services;
using Mel.Training;
using Mel.Verification;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <content>Services of the library that go along with the run. Each binds from the section of its options, too.</content>
public sealed partial class MelBuilder
{
    /// <summary>Evaluates the policy on held-out questions every few steps and after the last one, by the verifier of the run.</summary>
    /// <param name="questions">Gives the questions; called once.</param>
    /// <param name="configure">How often and how.</param>
    public MelBuilder WithEvaluation(Func<IServiceProvider, IReadOnlyList<Prompt>> questions, Action<PeriodicEvaluationOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(questions);
        return WithService(
            configure, new PeriodicEvaluationOptionsValidator(),
            (provider, options) => new PeriodicEvaluation(provider.GetRequiredService<IVerifier>(), questions(provider), options));
    }

    /// <summary>Keeps the checkpoint of the step in which a figure was best.</summary>
    /// <param name="configure">Figure, direction and folder.</param>
    public MelBuilder WithBestCheckpoint(Action<BestCheckpointOptions>? configure = null)
        => WithService(configure, new BestCheckpointOptionsValidator(), (_, options) => new BestCheckpoint(options));

    /// <summary>Keeps the checkpoints of every n-th step, the newest few of them.</summary>
    /// <param name="configure">Interval, number and folder.</param>
    public MelBuilder WithStepCheckpoints(Action<StepCheckpointsOptions>? configure = null)
        => WithService(configure, new StepCheckpointsOptionsValidator(), (_, options) => new StepCheckpoints(options));

    /// <summary>Stops the run when a figure no longer becomes better, or passes a bound.</summary>
    /// <param name="configure">Figure, patience and bounds.</param>
    public MelBuilder WithEarlyStop(Action<EarlyStopOptions>? configure = null)
        => WithService(configure, new EarlyStopOptionsValidator(), (_, options) => new EarlyStop(options));

    /// <summary>Writes trajectories and meta-experiences down as JSON lines.</summary>
    /// <param name="configure">Folder, interval and bounds.</param>
    public MelBuilder WithRecords(Action<RunRecordsOptions>? configure = null)
        => WithService(configure, new RunRecordsOptionsValidator(), (_, options) => new RunRecords(options));

    /// <summary>Writes the figures of every step to a file of JSON lines.</summary>
    /// <param name="path">The file.</param>
    public MelBuilder WithMetricsFile(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return WithService(_ => new MetricsFile(path));
    }

    /// <summary>Writes the figures of every step as TensorBoard event files.</summary>
    /// <param name="folder">The folder, one for each run.</param>
    public MelBuilder WithTensorBoard(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        return WithService(_ => new TensorBoardFiles(folder));
    }

    private MelBuilder WithService<TService, TOptions>(
        Action<TOptions>? configure, IValidateOptions<TOptions> validator, Func<IServiceProvider, TOptions, TService> create)
        where TService : class, IRunService
        where TOptions : class
    {
        Configured(configure, validator);
        return WithService(provider => create(provider, provider.GetRequiredService<IOptions<TOptions>>().Value));
    }

    private MelBuilder WithService<TService>(Func<IServiceProvider, TService> create)
        where TService : class, IRunService
    {
        AddOnce<TService>();
        Services.AddSingleton<IRunService>(create);
        return this;
    }

    private void AddOnce<TService>()
    {
        if (_used.Add(typeof(TService).FullName!)) return;
        throw new InvalidOperationException(
            $"The service {typeof(TService).Name} was added twice, and both would do the same; remove one, or register instances of your own as "
            + $"{nameof(IRunService)}.");
    }
}
