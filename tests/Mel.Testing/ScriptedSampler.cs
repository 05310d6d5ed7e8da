using Mel.Rollouts;
using Microsoft.Extensions.AI;

namespace Mel.Testing;

/// <summary>A sampler whose every reply is prepared. One token per character; a reply that ends in an ellipsis was cut off.</summary>
/// <param name="reply">The text for (message, index of the trajectory within its request).</param>
public sealed class ScriptedSampler(Func<string, int, string> reply) : ISampler
{
    public int ContextTokens { get; init; } = 1_000_000;

    /// <summary>Every call: its requests and options.</summary>
    public List<(IReadOnlyList<SamplingRequest> Requests, SamplingOptions Options)> Calls { get; } = [];

    public static string MessageOf(SamplingRequest request) => MessageOf(request.PromptTokenIds);

    public static string MessageOf(ReadOnlyMemory<int> tokens) => string.Concat(tokens.ToArray().Select(id => (char)id));

    public ReadOnlyMemory<int> Encode(IReadOnlyList<ChatMessage> messages) => Trajectories.Tokens(string.Concat(messages.Select(m => m.Text)));

    public Task<IReadOnlyList<IReadOnlyList<Trajectory>>> SampleAsync(
        IReadOnlyList<SamplingRequest> requests, SamplingOptions options, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Calls.Add((requests, options));
        return Task.FromResult<IReadOnlyList<IReadOnlyList<Trajectory>>>(
            [.. requests.Select(r => (IReadOnlyList<Trajectory>)[.. Enumerable.Range(0, r.Count).Select(i => Written(reply(MessageOf(r), i)))])]);
    }

    private static Trajectory Written(string text) => Trajectories.Of(text, stops: !text.EndsWith('…'));
}
