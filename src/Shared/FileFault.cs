namespace Mel.Runtime;

/// <summary>Makes the exception with which a reader refuses a file.</summary>
/// <param name="problem">What was found, what is expected and what to do; begins in lower case.</param>
/// <param name="inner">The error underneath, if there is one.</param>
internal delegate Exception FileFault(string problem, Exception? inner = null);
