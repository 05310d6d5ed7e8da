using System.Runtime.CompilerServices;
using Mel.Rollouts;
using Mel.Transformers.Chat;
using Mel.Transformers.Sampling;
using Microsoft.Extensions.AI;

namespace Mel.Transformers;

/// <summary>A trained policy as an <see cref="IChatClient"/>, so that it drops into any .NET application that talks to a model.</summary>
/// <remarks>
/// Messages may hold text, reasoning, calls of tools and their results. Of <see cref="ChatOptions"/> the instructions become the first system turn, the tools
/// are described to the model, and additional properties are names of the template, such as <c>enable_thinking</c>; what a policy cannot do is refused. Its
/// answer is text, also where it calls a tool: the model's own notation of the call. Requests wait for each other: a policy samples one call at a time.
/// A stream is written to its end whether or not it is read, so that a slow reader holds nobody up; what waits for the reader is bounded by the token limit
/// of the request. The policy stays the caller's and must outlive the client.
/// </remarks>
/// <param name="policy">The policy; its template must be able to render a conversation.</param>
/// <param name="modelId">Name reported with every response; may be null.</param>
public sealed class PolicyChatClient(TransformerPolicy policy, string? modelId = null) : IChatClient
{
    private readonly TransformerPolicy _policy = policy ?? throw new ArgumentNullException(nameof(policy));
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly CancellationTokenSource _closing = new();

    /// <inheritdoc/>
    /// <exception cref="NotSupportedException">The policy has no chat template, or the request asks for something that it cannot do.</exception>
    /// <exception cref="Templates.TemplateException">The model's chat template refuses the conversation.</exception>
    /// <exception cref="PromptTooLongException">The conversation leaves no room for an answer.</exception>
    /// <exception cref="ObjectDisposedException">The client or its policy is disposed, or is so before the answer is complete.</exception>
    public async Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        ReadOnlyMemory<int> prompt = Encode(messages, options);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _closing.Token);
        Trajectory answer = await EndingInTimeAsync(SampleAsync(new SamplingRequest(prompt, 1, Seed(options)), Options(options), stop.Token), cancellationToken)
            .ConfigureAwait(false);
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

    /// <inheritdoc/>
    /// <exception cref="NotSupportedException">The policy has no chat template, or the request asks for something that it cannot do.</exception>
    /// <exception cref="Templates.TemplateException">The model's chat template refuses the conversation.</exception>
    /// <exception cref="PromptTooLongException">The conversation leaves no room for an answer.</exception>
    /// <exception cref="ObjectDisposedException">The client or its policy is disposed, or is so before the answer is complete.</exception>
    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ReadOnlyMemory<int> prompt = Encode(messages, options);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _closing.Token);
        TokenStream stream = await EndingInTimeAsync(StartAsync(prompt, Options(options), Seed(options), stop.Token), cancellationToken).ConfigureAwait(false);
        await using var end = stream.ConfigureAwait(false);
        while (await EndingInTimeAsync(stream.Reader.WaitToReadAsync(stop.Token).AsTask(), cancellationToken).ConfigureAwait(false))
        {
            while (stream.Reader.TryRead(out StreamedToken? token))
            {
                if (token.Text.Length == 0 && token.FinishReason is null) continue;
                ChatFinishReason? reason = token.FinishReason is { } ended ? Reason(ended) : null;
                yield return new ChatResponseUpdate(ChatRole.Assistant, token.Text) { ModelId = modelId, FinishReason = reason };
            }
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

    /// <summary>
    /// Closes the client; the policy stays the caller's. Requests that wait or are being answered end with an <see cref="ObjectDisposedException"/>.
    /// </summary>
    public void Dispose() => _closing.Cancel();

    private async Task<Trajectory> SampleAsync(SamplingRequest request, SamplingOptions options, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return (await _policy.SampleAsync([request], options, cancellationToken).ConfigureAwait(false))[0][0];
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Starts a response when its turn has come. The turn is over when the model has written the response, however long a reader takes.</summary>
    private async Task<TokenStream> StartAsync(ReadOnlyMemory<int> prompt, SamplingOptions options, ulong seed, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            TokenStream stream = _policy.StartStream(prompt, options, seed, cancellationToken);
            _ = stream.Completion.ContinueWith(
                _ => _turn.Release(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            return stream;
        }
        catch
        {
            _turn.Release();
            throw;
        }
    }

    /// <summary>The result of some work; the end of the client is told apart from that of the request.</summary>
    private async Task<T> EndingInTimeAsync<T>(Task<T> work, CancellationToken cancellationToken)
    {
        try
        {
            return await work.ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_closing.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new ObjectDisposedException(typeof(PolicyChatClient).FullName, "The client was disposed before the answer was complete.");
        }
    }

    private ReadOnlyMemory<int> Encode(IEnumerable<ChatMessage> messages, ChatOptions? options)
    {
        ArgumentNullException.ThrowIfNull(messages);
        ObjectDisposedException.ThrowIf(_closing.IsCancellationRequested, this);
        var request = new PolicyChatRequest(options ?? new ChatOptions(), modelId, _policy.Template as ChatTemplate);
        return _policy.Encode(request.Messages([.. messages]), request.Render());
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
