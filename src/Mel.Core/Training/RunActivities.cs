using System.Diagnostics;
using System.Globalization;
using Mel.Diagnostics;

namespace Mel.Training;

/// <summary>The activities of a run and of its steps, with what they say. All others start within them.</summary>
internal static class RunActivities
{
    public static Activity? StartRun(RunSetup setup) => Activities.Start(Activities.Train)
        ?.SetTag(ActivityTags.Algorithm, setup.Algorithm.Name)
        .SetTag(ActivityTags.Steps, setup.Options.Steps)
        .SetTag(ActivityTags.Seed, setup.Options.Seed.ToString(CultureInfo.InvariantCulture));      // the conventions know no unsigned numbers

    /// <summary>Notes where a run goes on.</summary>
    public static void Resumes(this Activity? activity, RunContext run)
    {
        if (run.State.Step > 0) activity?.SetTag(ActivityTags.ResumedStep, run.State.Step);
    }

    /// <summary>Notes how a run ended.</summary>
    public static void Ends(this Activity? activity, RunContext run)
    {
        activity?.SetTag(ActivityTags.End, run.End switch
        {
            RunEnd.Completed => "completed",
            RunEnd.Stopped => "stopped",
            RunEnd.Canceled => "canceled",
            _ => "failed",
        });
        if (run.StopReason is { } reason) activity?.SetTag(ActivityTags.StopReason, reason);
    }

    /// <summary>The activity of a step and of what the services of the run do about it.</summary>
    /// <param name="step">Number of the step.</param>
    /// <param name="isRepeated">Whether the step was done before, and only the services see it once more.</param>
    public static Activity? StartStep(int step, bool isRepeated)
    {
        Activity? activity = Activities.Start(Activities.Step)?.SetTag(ActivityTags.Step, step);
        if (isRepeated) activity?.SetTag(ActivityTags.IsRepeated, true);
        return activity;
    }

    /// <summary>Notes what came of a step. A figure that does not exist is left out.</summary>
    public static void Shows(this Activity? activity, StepReport report)
    {
        if (activity is null) return;
        if (double.IsFinite(report.Reward)) activity.SetTag(ActivityTags.Reward, report.Reward);
        if (double.IsFinite(report.Accuracy)) activity.SetTag(ActivityTags.Accuracy, report.Accuracy);
        activity.SetTag(ActivityTags.HasSignal, report.HasSignal).SetTag(ActivityTags.Tokens, report.SampledTokens);
    }
}
