namespace Mel.Transformers.Python;

/// <summary>An operation on values failed as it fails in Python, or went beyond a bound.</summary>
internal sealed class PythonException(string message) : Exception(message);
