using System.Text.Json;
using System.Text.Json.Nodes;
using Mel.Runtime;
using Microsoft.Extensions.AI;

namespace Mel.Rollouts;

/// <summary>
/// An <see cref="IChatClient"/> as a sampler, so that any model behind one can be evaluated. A client has no tokens to show: the trajectories carry the text
/// and the number of tokens that the client reports, no token ids and no log-probabilities. They can be judged and do not train. A response that ended for
/// another reason than a stop, a filter for instance, counts as cut off.
/// </summary>
/// <param name="client">The client; it stays the caller's.</param>
/// <param name="parallelism">Largest number of requests under way at once, at least 1.</param>
/// <param name="configure">Changes the options of every request, for instance the id of the model; may be null.</param>
public sealed class ChatClientSampler(IChatClient client, int parallelism = 8, Action<ChatOptions>? configure = null) : ISampler, IRunPart
{
    private readonly IChatClient _client = client ?? throw new ArgumentNullException(nameof(client));
    private readonly int _parallelism = parallelism >= 1
        ? parallelism
        : throw new ArgumentOutOfRangeException(nameof(parallelism), parallelism, "At least one request is under way at a time.");

    /// <summary>The context is the client's business: a conversation that does not fit is its error.</summary>
    public int ContextTokens => int.MaxValue;

    /// <inheritdoc/>
    public bool AllowsOverlap => true;

    /// <summary>The characters of roles and texts, which <see cref="SampleAsync"/> turns into messages again; no tokens of the model.</summary>
    /// <param name="messages">The turns; at least one.</param>
    /// <exception cref="NotSupportedException">A message holds something else than text.</exception>
    public ReadOnlyMemory<int> Encode(IReadOnlyList<ChatMessage> messages)
    {
        ArgumentNullException.ThrowIfNull(messages);
        JsonArray turns = [];
        foreach (ChatMessage message in messages)
        {
            if (message.Contents.FirstOrDefault(c => c is not TextContent) is { } other)
                throw new NotSupportedException($"A message holds a {other.GetType().Name}; questions to a chat client are text.");
            turns.Add((JsonNode)new JsonArray(message.Role.Value, message.Text));
        }

        return turns.ToJsonString().Select(c => (int)c).ToArray();
    }

    /// <inheritdoc/>
    /// <exception cref="NotSupportedException">The options ask for min-p, which chat clients do not have.</exception>
    public async Task<IReadOnlyList<IReadOnlyList<Trajectory>>> SampleAsync(
        IReadOnlyList<SamplingRequest> requests, SamplingOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(requests);
        ArgumentNullException.ThrowIfNull(options);
        if (options.MinP > 0) throw new NotSupportedException($"{nameof(options.MinP)} is {options.MinP}; chat clients have no such option, so leave it at 0.");
        ChatMessage[][] conversations = [.. requests.Select(r => Decode(r.PromptTokenIds.Span))];
        Trajectory[][] answers = [.. requests.Select(r => new Trajectory[r.Count])];
        ParallelOptions parallel = new() { MaxDegreeOfParallelism = _parallelism, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(
            requests.SelectMany((r, i) => Enumerable.Range(0, r.Count).Select(j => (Request: i, Index: j))), parallel, async (at, token) =>
            {
                ChatOptions asked = Options(options, SplitMix64.Derive(requests[at.Request].Seed, (ulong)at.Index));
                ChatResponse response = await _client.GetResponseAsync(conversations[at.Request], asked, token).ConfigureAwait(false);
                answers[at.Request][at.Index] = Answer(response);
            }).ConfigureAwait(false);
        return answers;
    }

    /// <inheritdoc/>
    public void Describe(RunIdentity identity)
    {
        ArgumentNullException.ThrowIfNull(identity);
        ChatOptions asked = new();
        configure?.Invoke(asked);
        ChatClientMetadata? metadata = _client.GetService(typeof(ChatClientMetadata)) as ChatClientMetadata;
        identity.Set("provider", metadata?.ProviderName);
        identity.Set("uri", metadata?.ProviderUri?.ToString());
        identity.Set("model", asked.ModelId ?? metadata?.DefaultModelId);
    }

    private static Trajectory Answer(ChatResponse response)
    {
        bool isCutOff = response.FinishReason is { } reason && reason != ChatFinishReason.Stop;
        return new Trajectory(default, default, response.Text, isCutOff ? FinishReason.Length : FinishReason.Stop)
        {
            ReportedTokens = (int?)response.Usage?.OutputTokenCount,
        };
    }

    private static ChatMessage[] Decode(ReadOnlySpan<int> characters)
    {
        char[] text = new char[characters.Length];
        for (int i = 0; i < text.Length; i++) text[i] = (char)characters[i];
        using JsonDocument turns = JsonDocument.Parse(text.AsMemory());
        return [.. turns.RootElement.EnumerateArray().Select(turn => new ChatMessage(new ChatRole(turn[0].GetString()!), turn[1].GetString()))];
    }

    private ChatOptions Options(SamplingOptions options, ulong seed)
    {
        ChatOptions asked = new()
        {
            Temperature = (float)options.Temperature,
            TopP = options.TopP < 1 ? (float)options.TopP : null,
            TopK = options.TopK > 0 ? options.TopK : null,
            MaxOutputTokens = options.MaxTokens,
            Seed = (long)(seed >> 33),      // 31 bits: many servers take no more
        };
        configure?.Invoke(asked);
        return asked;
    }
}
