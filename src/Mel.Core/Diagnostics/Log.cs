using Microsoft.Extensions.Logging;

namespace Mel.Diagnostics;

/// <summary>Log messages; ids in blocks per folder: 1100 rollouts, 1200 training, 1300 experiences, 1400 checkpoints.</summary>
internal static partial class Log
{
    [LoggerMessage(EventId = 1101, Level = LogLevel.Warning,
        Message = "Step {Step}: {Count} of {Total} trajectories could not be judged; they leave the statistics of their groups")]
    public static partial void Unverifiable(ILogger logger, int step, int count, int total);

    [LoggerMessage(EventId = 1102, Level = LogLevel.Warning,
        Message = "Step {Step}: after {Refills} refills only {Kept} of {Wanted} groups passed the filter; the step goes on with those")]
    public static partial void FewGroups(ILogger logger, int step, int refills, int kept, int wanted);

    [LoggerMessage(EventId = 1103, Level = LogLevel.Warning,
        Message = "Step {Step}: {Count} prompts were passed over because they leave no room for a response. {First}")]
    public static partial void PromptsTooLong(ILogger logger, int step, int count, string first);

    [LoggerMessage(EventId = 1104, Level = LogLevel.Warning,
        Message = "Step {Step}: {Count} judgements failed and count as not judged. The first: {First}")]
    public static partial void VerifierFailures(ILogger logger, int step, int count, string? first);

    [LoggerMessage(EventId = 1105, Level = LogLevel.Warning,
        Message = "Sampling.MaxTokens is {MaxTokens}, but prompt and response together may have {ContextTokens} tokens, the context of the sampler: no "
            + "response reaches the limit that divisors and penalties go by. Lower it by at least the length of a prompt")]
    public static partial void LimitBeyondContext(ILogger logger, int maxTokens, int contextTokens);

    [LoggerMessage(EventId = 1201, Level = LogLevel.Warning,
        Message = "Step {Step}: no trajectory and no experience carries a gradient (reward {Reward}); the optimizer step is skipped")]
    public static partial void NoGradientSignal(ILogger logger, int step, double reward);

    [LoggerMessage(EventId = 1202, Level = LogLevel.Error,
        Message = "Step {Step}: the gradient norm is {Norm}; the update is skipped and the policy left as it was")]
    public static partial void NonFiniteGradient(ILogger logger, int step, double norm);

    [LoggerMessage(EventId = 1203, Level = LogLevel.Information, Message = "Step {Step}/{Steps}: reward {Reward}, gradient norm {GradientNorm}, {Seconds} s")]
    public static partial void StepDone(ILogger logger, int step, int steps, double reward, double gradientNorm, double seconds);

    [LoggerMessage(EventId = 1204, Level = LogLevel.Information, Message = "The run stops after step {Step}: {Reason}")]
    public static partial void Stopped(ILogger logger, int step, string reason);

    [LoggerMessage(EventId = 1205, Level = LogLevel.Error, Message = "{Where} {Exception}: {Problem}")]
    public static partial void Failed(ILogger logger, string where, string exception, string problem);

    [LoggerMessage(EventId = 1206, Level = LogLevel.Error, Message = "{Service} could not end properly: {Problem}")]
    public static partial void EndFailed(ILogger logger, string service, string problem);

    [LoggerMessage(EventId = 1207, Level = LogLevel.Warning,
        Message = "The receiver of reports is a Progress<StepReport>, which posts them: the policy may change while a report is read. "
            + "To evaluate or save the policy on a report, implement IProgress<StepReport>, or IRunService")]
    public static partial void PostedReports(ILogger logger);

    [LoggerMessage(EventId = 1208, Level = LogLevel.Error,
        Message = "Step {Step}: the {Content} could not be written to {Path} ({Problem}); they are kept and tried again with those of the next step")]
    public static partial void LinesDelayed(ILogger logger, int step, string content, string path, string problem);

    [LoggerMessage(EventId = 1209, Level = LogLevel.Warning,
        Message = "No step of the run had the figure '{Figure}' that {Service} goes by. Is its name right, and does a service add it?")]
    public static partial void FigureNeverSeen(ILogger logger, string figure, string service);

    [LoggerMessage(EventId = 1301, Level = LogLevel.Debug, Message = "Step {Step}: {Retained} of {Candidates} experiences retained from {Pairs} pairs")]
    public static partial void Experiences(ILogger logger, int step, int retained, int candidates, int pairs);

    [LoggerMessage(EventId = 1401, Level = LogLevel.Information, Message = "Checkpoint of step {Step} written to {Path}")]
    public static partial void CheckpointWritten(ILogger logger, int step, string path);

    [LoggerMessage(EventId = 1402, Level = LogLevel.Information, Message = "The run goes on after step {Step} from {Path}")]
    public static partial void Resumed(ILogger logger, int step, string path);

    [LoggerMessage(EventId = 1403, Level = LogLevel.Warning,
        Message = "{Damage} The run goes on from the older checkpoint {Path}, that of step {Step}")]
    public static partial void OlderCheckpoint(ILogger logger, string damage, string path, int step);

    [LoggerMessage(EventId = 1404, Level = LogLevel.Error,
        Message = "Step {Step}: the checkpoint could not be written ({Problem}); it is tried again after the next step, and the run ends if it cannot be "
            + "written by step {Last}")]
    public static partial void CheckpointDelayed(ILogger logger, int step, string problem, int last);

    [LoggerMessage(EventId = 1405, Level = LogLevel.Error,
        Message = "Step {Step} was interrupted between two updates; its weights are not those of a step, so the newest checkpoint is that of step {Saved}")]
    public static partial void InterruptedUpdate(ILogger logger, int step, int saved);

    [LoggerMessage(EventId = 1406, Level = LogLevel.Error,
        Message = "Step {Step}: its checkpoint could not be kept in {Path} ({Problem}); the run goes on without it")]
    public static partial void NotKept(ILogger logger, int step, string path, string problem);
}
