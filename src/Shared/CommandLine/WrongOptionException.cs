namespace Mel.Runtime;

/// <summary>An option is wrong, which shows only when the file or the model behind it is read. Nothing was written yet.</summary>
internal sealed class WrongOptionException(string message) : Exception(message);
