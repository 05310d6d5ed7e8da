namespace Mel.Samples.Miniature;

/// <summary>One example of the warm-start corpus.</summary>
/// <param name="Task">What it teaches.</param>
/// <param name="Message">The message to answer, as a trainer would send it.</param>
/// <param name="Completion">The words to learn, the end token included.</param>
public sealed record CorpusExample(CorpusTask Task, string Message, string Completion);
