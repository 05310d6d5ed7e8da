using System.Diagnostics;
using Mel.Runtime;

namespace Mel.Diagnostics;

/// <summary>
/// What a run does and for how long, as activities of a source named <c>Mel</c>; OpenTelemetry calls them spans. docs/telemetry.md has them in a table. Where
/// nobody listens there is no activity, and nothing is allocated.
/// </summary>
internal static class Activities
{
    public const string Train = "train policy";
    public const string Step = "run step";
    public const string Sample = "sample trajectories";
    public const string Verify = "verify trajectories";
    public const string Extract = "extract experiences";
    public const string Replay = "replay experiences";
    public const string Score = "score trajectories";
    public const string Estimate = "estimate advantages";
    public const string Update = "update policy";
    public const string Evaluate = "evaluate policy";
    public const string ReadCheckpoint = "read checkpoint";
    public const string WriteCheckpoint = "write checkpoint";

    private const int MostDescription = 500;

    private static readonly ActivitySource Source = new("Mel");

    /// <summary>Starts an activity within the one that is under way, and makes it the current one until it is disposed.</summary>
    /// <param name="name">One of the names above.</param>
    /// <returns>The activity; null where nobody listens.</returns>
    public static Activity? Start(string name) => Source.StartActivity(name);

    /// <summary>
    /// Notes an exception on the activity it ends. Made to be an exception filter: it catches nothing. A cancellation is no error; a foreign one has another
    /// type by the time it gets here.
    /// </summary>
    /// <returns>Always false.</returns>
    public static bool Fails(this Activity? activity, Exception exception)
    {
        if (activity is null || exception is OperationCanceledException) return false;
        string message = Excerpt.Of(exception.Message, MostDescription);
        activity.SetStatus(ActivityStatusCode.Error, RunFailure.Of(exception) is { } where ? $"{where} {message}" : message);
        activity.SetTag(ActivityTags.ErrorType, exception.GetType().FullName);
        // With its stack once, where it leaves the library.
        if (activity.Parent?.Source != Source) activity.AddException(exception);
        return false;
    }
}
