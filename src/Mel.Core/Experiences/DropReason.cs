namespace Mel.Experiences;

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
