using System.Diagnostics;

namespace Mel.Testing;

/// <summary>Listens to the activities of the source <c>Mel</c> and keeps those that ended, until it is disposed.</summary>
public sealed class RecordedActivities : IDisposable
{
    private readonly List<Activity> _ended = [];
    private readonly ActivityListener _listener;

    public RecordedActivities()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Mel",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity =>
            {
                lock (_ended) _ended.Add(activity);
            },
        };
        ActivitySource.AddActivityListener(_listener);
    }

    /// <summary>Those that ended, by the moment at which they began.</summary>
    public IReadOnlyList<Activity> All
    {
        get
        {
            lock (_ended) return [.. _ended.OrderBy(a => a.StartTimeUtc)];
        }
    }

    public Activity[] Named(string name) => [.. All.Where(a => a.OperationName == name)];

    /// <summary>The names within an activity, each after as many blanks as there are activities around it.</summary>
    public IEnumerable<string> Tree(Activity root, int depth = 0)
        => [new string(' ', depth) + root.OperationName, .. All.Where(a => a.ParentSpanId == root.SpanId).SelectMany(a => Tree(a, depth + 1))];

    public void Dispose() => _listener.Dispose();
}
