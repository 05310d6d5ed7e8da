using Microsoft.Extensions.Logging;

namespace Mel.Testing;

/// <summary>What a logger was told.</summary>
public sealed record LoggedEvent(int Id, LogLevel Level, string Message);
