namespace Mel.Memory;

/// <summary>One key of an <see cref="ExperienceMemory"/> at a moment.</summary>
/// <param name="Key">What the heuristics are about.</param>
/// <param name="Answers">What they say, with the votes of each.</param>
/// <param name="Votes">All votes of the key, those of forgotten answers included.</param>
/// <param name="LastStep">The step of the last vote.</param>
/// <param name="Consensus">The answer that is believed; null where there is none.</param>
/// <param name="Weight">How strongly the key is rehearsed where it has a consensus: 1, and less where it fades.</param>
public sealed record RememberedHeuristic(string Key, IReadOnlyList<AnswerVotes> Answers, double Votes, int LastStep, string? Consensus, double Weight);

/// <summary>An answer and its votes.</summary>
/// <param name="Answer">The answer.</param>
/// <param name="Votes">Sum of its votes, aged.</param>
public readonly record struct AnswerVotes(string Answer, double Votes);
