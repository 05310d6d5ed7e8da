using System.Buffers;
using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Mel.Report.Tests.Browser;

/// <summary>Speaks the DevTools protocol with a browser: commands with their answers, and the events in between.</summary>
internal sealed class DevTools : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly ClientWebSocket _socket = new();
    private readonly ConcurrentDictionary<int, TaskCompletionSource<JsonElement>> _waiting = new();
    private readonly ConcurrentQueue<(string Method, JsonElement Parameters)> _events = new();
    private Task _reading = Task.CompletedTask;
    private int _last;

    /// <summary>The page that commands are for; null for the browser itself.</summary>
    public string? Session { get; set; }

    public static async Task<DevTools> ConnectAsync(Uri address)
    {
        DevTools tools = new();
        await tools._socket.ConnectAsync(address, new CancellationTokenSource(Patience).Token);
        tools._reading = tools.ReadAsync();
        return tools;
    }

    /// <summary>The parameters of all events of a name since the last <see cref="Forget"/>.</summary>
    public JsonElement[] Events(string method) => [.. _events.Where(e => e.Method == method).Select(e => e.Parameters)];

    public void Forget() => _events.Clear();

    /// <summary>Sends a command and waits for its result.</summary>
    public async Task<JsonElement> SendAsync(string method, JsonObject? parameters = null)
    {
        int id = Interlocked.Increment(ref _last);
        JsonObject command = new() { ["id"] = id, ["method"] = method, ["params"] = parameters ?? [] };
        if (Session is not null) command["sessionId"] = Session;
        TaskCompletionSource<JsonElement> answer = _waiting[id] = new TaskCompletionSource<JsonElement>(TaskCreationOptions.RunContinuationsAsynchronously);
        await _socket.SendAsync(JsonSerializer.SerializeToUtf8Bytes(command), WebSocketMessageType.Text, true, CancellationToken.None);
        return await answer.Task.WaitAsync(Patience);
    }

    /// <summary>Waits until an event has come.</summary>
    public async Task WaitForAsync(string method)
    {
        using CancellationTokenSource patience = new(Patience);
        while (Events(method).Length == 0) await Task.Delay(20, patience.Token);
    }

    public async ValueTask DisposeAsync()
    {
        _socket.Abort();
        await _reading;
        _socket.Dispose();
    }

    private async Task ReadAsync()
    {
        ArrayBufferWriter<byte> message = new();
        try
        {
            while (true)
            {
                ValueWebSocketReceiveResult part = await _socket.ReceiveAsync(message.GetMemory(1 << 16), CancellationToken.None);
                if (part.MessageType == WebSocketMessageType.Close) break;
                message.Advance(part.Count);
                if (!part.EndOfMessage) continue;
                Take(JsonDocument.Parse(message.WrittenMemory.ToArray()).RootElement);
                message.Clear();
            }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException)
        {
            foreach (TaskCompletionSource<JsonElement> waiting in _waiting.Values) waiting.TrySetException(new IOException("The browser is gone.", e));
        }
    }

    private void Take(JsonElement message)
    {
        if (!message.TryGetProperty("id", out JsonElement id))
            _events.Enqueue((message.GetProperty("method").GetString()!, message.GetProperty("params")));
        else if (_waiting.TryRemove(id.GetInt32(), out TaskCompletionSource<JsonElement>? waiting))
        {
            if (message.TryGetProperty("error", out JsonElement error)) waiting.SetException(new InvalidOperationException(error.GetRawText()));
            else waiting.SetResult(message.GetProperty("result"));
        }
    }
}
