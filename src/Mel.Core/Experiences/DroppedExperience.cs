using Mel.Rollouts;

namespace Mel.Experiences;

/// <summary>A candidate that did not become a meta-experience.</summary>
/// <param name="Pair">The attempts it came from.</param>
/// <param name="Reason">Why it was dropped.</param>
/// <param name="Detail">The same in words, for logs and reports.</param>
/// <param name="Written">What the policy wrote; null when it was never asked.</param>
public sealed record DroppedExperience(ContrastivePair Pair, DropReason Reason, string Detail, Trajectory? Written = null);
