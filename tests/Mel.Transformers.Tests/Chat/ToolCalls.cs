using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Mel.Transformers.Tests.Chat;

/// <summary>Calls of tools as data sets hold them.</summary>
internal static class ToolCalls
{
    /// <summary>A call with its arguments as a JSON object, or as a JSON string that holds them as text.</summary>
    public static FunctionCallContent Of(string name, JsonElement arguments, string id = "") => arguments.ValueKind == JsonValueKind.String
        ? new FunctionCallContent(id, name) { RawRepresentation = arguments.GetString() }
        : new FunctionCallContent(id, name, arguments.Deserialize<Dictionary<string, object?>>());
}
