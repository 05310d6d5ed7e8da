namespace Mel.Samples.Miniature;

/// <summary>A task's part in every step of the warm start.</summary>
/// <param name="Task">The task.</param>
/// <param name="Count">Examples per step.</param>
/// <param name="Weight">Factor of the mean token loss of the task.</param>
public sealed record CorpusShare(CorpusTask Task, int Count, double Weight);
