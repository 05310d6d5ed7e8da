namespace Mel.Rollouts;

/// <summary>Tokens to score: how probable is <paramref name="Response"/> after <paramref name="Context"/>?</summary>
/// <param name="Context">Tokens that are given and carry no loss; at least one.</param>
/// <param name="Response">Tokens whose log-probabilities are wanted; at least one.</param>
public sealed record TokenSequence(ReadOnlyMemory<int> Context, ReadOnlyMemory<int> Response);
