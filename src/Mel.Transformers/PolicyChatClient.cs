using System.Runtime.CompilerServices;
using Mel.Rollouts;
using Mel.Transformers.Chat;
using Mel.Transformers.Sampling;
using Microsoft.Extensions.AI;

namespace Mel.Transformers;

/// <summary>A trained policy as an <see cref="IChatClient"/>, so that it drops into any .NET application that talks to a model.</summary>
/// <remarks>
/// Messages may hold text, reasoning, calls of tools and their results. The tools of <see cref="ChatOptions"/> are not offered to the model, and its answer
/// is text. Requests wait for each other: a policy samples one call at a time. The policy stays the caller's and must outlive the client.
/// </remarks>
/// <param name="policy">The policy; its template must be able to render a conversation.</param>
/// <param name="modelId">Name reported with every response; may be null.</param>
public sealed class PolicyChatClient(TransformerPolicy policy, string? modelId = null) : IChatClient
{
    private readonly TransformerPolicy _policy = policy ?? throw new ArgumentNullException(nameof(policy));
    private readonly SemaphoreSlim _turn = new(1, 1);

    /// <inheritdoc/>
    /// <exception cref="NotSupportedException">The policy has no chat template, or a message has a role it does not know.</exception>
    /// <exception cref="PromptTooLongException">The conversation leaves no room for an answer.</exception>
    public async Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        ReadOnlyMemory<int> prompt = Encode(messages);
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var request = new SamplingRequest(prompt, 1, Seed(options));
            var sampled = await _policy.SampleAsync([request], Options(options), cancellationToken).ConfigureAwait(false);
            Trajectory answer = sampled[0][0];
            return new ChatResponse(new ChatMessage(ChatRole.Assistant, answer.Text))
            {
                ModelId = modelId,
                FinishReason = Reason(answer.FinishReason),
                Usage = new UsageDetails
                {
                    InputTokenCount = prompt.Length,
                    OutputTokenCount = answer.TokenIds.Length,
                    TotalTokenCount = prompt.Length + answer.TokenIds.Length,
                },
            };
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    /// <exception cref="NotSupportedException">The policy has no chat template, or a message has a role it does not know.</exception>
    /// <exception cref="PromptTooLongException">The conversation leaves no room for an answer.</exception>
    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ReadOnlyMemory<int> prompt = Encode(messages);
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await foreach (StreamedToken token in _policy.StreamAsync(prompt, Options(options), Seed(options), cancellationToken).ConfigureAwait(false))
            {
                if (token.Text.Length == 0 && token.FinishReason is null) continue;
                ChatFinishReason? reason = token.FinishReason is { } ended ? Reason(ended) : null;
                yield return new ChatResponseUpdate(ChatRole.Assistant, token.Text) { ModelId = modelId, FinishReason = reason };
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        if (serviceKey is not null) return null;
        if (serviceType == typeof(ChatClientMetadata)) return new ChatClientMetadata("mel", null, modelId);
        return serviceType.IsInstanceOfType(this) ? this : serviceType.IsInstanceOfType(_policy) ? _policy : null;
    }

    /// <summary>Releases the client; the policy stays the caller's.</summary>
    public void Dispose() => _turn.Dispose();

    private ReadOnlyMemory<int> Encode(IEnumerable<ChatMessage> messages)
    {
        ArgumentNullException.ThrowIfNull(messages);
        return _policy.Encode([.. messages], new RenderOptions());
    }

    private static ulong Seed(ChatOptions? options) => options?.Seed is { } seed ? unchecked((ulong)seed) : unchecked((ulong)Random.Shared.NextInt64());

    private static SamplingOptions Options(ChatOptions? options)
    {
        var defaults = new SamplingOptions();
        return new SamplingOptions
        {
            Temperature = options?.Temperature ?? defaults.Temperature,
            TopK = options?.TopK ?? defaults.TopK,
            TopP = options?.TopP ?? defaults.TopP,
            MaxTokens = options?.MaxOutputTokens ?? defaults.MaxTokens,
        };
    }

    private static ChatFinishReason Reason(FinishReason reason) => reason == FinishReason.Stop ? ChatFinishReason.Stop : ChatFinishReason.Length;
}
