namespace Mel.Rollouts;

/// <summary>Why a sampler stopped writing a trajectory.</summary>
public enum FinishReason
{
    /// <summary>The policy emitted a stop token; the token is the last of the trajectory.</summary>
    Stop,

    /// <summary>The token limit of the request or the context was reached before a stop token.</summary>
    Length,
}
