using Mel.Rollouts;

namespace Mel.Experiences;

/// <summary>A candidate that did not become a meta-experience, with everything known about it.</summary>
public sealed class DroppedExperience(ContrastivePair pair, DropReason reason, string detail)
{
    /// <summary>The pair of attempts the candidate was written from.</summary>
    public ContrastivePair Pair { get; } = pair;

    /// <summary>Why the candidate was dropped.</summary>
    public DropReason Reason { get; } = reason;

    /// <summary>The reason in words, with the numbers behind it, for logs and reports.</summary>
    public string Detail { get; } = detail;

    /// <summary>The tokens of the extraction prompt.</summary>
    /// <value>The default is empty.</value>
    public ReadOnlyMemory<int> ContextTokenIds { get; init; }

    /// <summary>What the policy wrote; null where the candidate was dropped before the policy was asked.</summary>
    /// <value>The default is null.</value>
    public Trajectory? Written { get; init; }

    /// <summary>The parts of the candidate; null where they could not be read.</summary>
    /// <value>The default is null.</value>
    public ExperienceSections? Sections { get; init; }

    /// <summary>The attempts that were made with the candidate in hand; empty where it was dropped before.</summary>
    /// <value>The default is empty.</value>
    public IReadOnlyList<Replay> Replays { get; init; } = [];
}

/// <summary>Why a candidate did not become a meta-experience.</summary>
public enum DropReason
{
    /// <summary>The extraction prompt leaves no room in the context for an experience; the attempts are never truncated.</summary>
    ContextTooLong,

    /// <summary>The policy did not end the experience within its token limit.</summary>
    Unterminated,

    /// <summary>A part is missing or unreadable.</summary>
    Malformed,

    /// <summary>The replay prompt leaves no room in the context for an answer.</summary>
    ReplayTooLong,

    /// <summary>The attempts made with the experience in hand were not right often enough (Eq. 6).</summary>
    ReplayFailed,
}
