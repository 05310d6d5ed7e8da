using System.Text.Json;

namespace Mel.Transformers.Chat;

/// <summary>A call of a tool, made by the model.</summary>
/// <param name="Name">The name of the tool.</param>
/// <param name="Arguments">Its arguments: a JSON object, or a JSON string that holds them as text.</param>
public sealed record ChatToolCall(string Name, JsonElement Arguments);
