namespace Mel.Objectives;

/// <summary>Counts of a whole optimizer batch: the denominators that make micro-batches add up.</summary>
/// <param name="Prompts">P: questions, with or without trained trajectories.</param>
/// <param name="Trajectories">Trajectories that train.</param>
/// <param name="Tokens">Tokens of those trajectories.</param>
/// <param name="SignalTokens">Tokens of the trajectories whose advantage is not zero: those that are scored where no other term needs the rest.</param>
/// <param name="Experiences">Meta-experiences.</param>
/// <param name="PromptsWithExperience">Questions with at least one meta-experience.</param>
public sealed record BatchTotals(int Prompts, int Trajectories, long Tokens, long SignalTokens, int Experiences, int PromptsWithExperience);
