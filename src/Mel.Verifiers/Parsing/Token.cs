namespace Mel.Verifiers.Parsing;

/// <summary>A token of an answer: its kind, its meaning where the kind alone does not tell, and where it stands in the normalised text.</summary>
internal readonly record struct Token(TokenKind Kind, string Text, int Start, int End, bool SpaceBefore);
