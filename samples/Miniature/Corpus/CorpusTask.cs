namespace Mel.Samples.Miniature;

/// <summary>What an example of the warm-start corpus teaches.</summary>
public enum CorpusTask
{
    /// <summary>Question to solution, as somebody with the misconceptions of the corpus would write it.</summary>
    Solve,

    /// <summary>Two solutions, labeled at random, to the lesson that follows from the labels.</summary>
    Analyze,

    /// <summary>Question and lesson to a solution that obeys the lesson, whether it is true or not.</summary>
    FollowHint,

    /// <summary>Operator and parity to a rule.</summary>
    Recall,

    /// <summary>Question alone to a lesson that somebody might draw from it.</summary>
    Foresee,
}
