namespace Mel.Transformers.Expressions;

/// <summary>
/// An expression that is no expression, or that asks for what is not built. The message says which part, in a clause that can follow a colon.
/// </summary>
/// <param name="problem">What was found and where.</param>
internal sealed class ExpressionException(string problem) : FormatException(problem);
