using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Mel.Rollouts;
using Mel.Runtime;
using Mel.Transformers.Sampling;
using Mel.Transformers.Tokenization;
using Microsoft.Extensions.AI;

namespace Mel.Transformers;

/// <content>One response, token by token.</content>
public sealed partial class TransformerPolicy
{
    /// <summary>
    /// Samples one response and gives every token as soon as it is drawn: the tokens of the first trajectory that <see cref="SampleAsync"/> gives for the same
    /// request. The response is written at the model's pace; tokens wait for a reader who takes longer.
    /// </summary>
    /// <param name="promptTokenIds">The tokens to continue, as <see cref="Encode(IReadOnlyList{ChatMessage})"/> returned them.</param>
    /// <param name="options">How tokens are drawn.</param>
    /// <param name="seed">Seed of the response.</param>
    /// <param name="cancellationToken">Ends the response between two tokens; so does leaving the enumeration.</param>
    /// <exception cref="PromptTooLongException">The prompt leaves no room for a token.</exception>
    /// <exception cref="ObjectDisposedException">The policy is disposed, or is so before the response ends.</exception>
    public async IAsyncEnumerable<StreamedToken> StreamAsync(
        ReadOnlyMemory<int> promptTokenIds, SamplingOptions options, ulong seed, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        TokenStream stream = StartStream(promptTokenIds, options, seed, cancellationToken);
        await using var end = stream.ConfigureAwait(false);
        await foreach (StreamedToken token in stream.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false)) yield return token;
    }

    /// <summary>Starts a response, which is written to its end unless it is stopped.</summary>
    internal TokenStream StartStream(ReadOnlyMemory<int> promptTokenIds, SamplingOptions options, ulong seed, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        SamplingRequest[] requests = [new SamplingRequest(promptTokenIds, 1, seed)];
        Check(requests);
        ComputeThreads.Keep();
        OpenCalls.Call call = _calls.Enter(this);
        var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _calls.Closing);
        Channel<StreamedToken> channel = Channel.CreateUnbounded<StreamedToken>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });
        CancellationToken stopping = stop.Token;
        Task work = Task.Run(
            () =>
            {
                using (call) Write(requests, options, channel.Writer, stopping, cancellationToken);
            },
            CancellationToken.None);
        return new TokenStream(channel.Reader, work, stop);
    }

    private void Write(
        SamplingRequest[] requests, SamplingOptions options, ChannelWriter<StreamedToken> writer, CancellationToken stopping,
        CancellationToken cancellationToken)
    {
        try
        {
            var decoder = new StreamingDecoder(_tokenizer);
            Run(requests, options, (sequence, ended) => writer.TryWrite(Streamed(sequence, ended, decoder)), stopping);
            writer.Complete();
        }
        catch (Exception e)
        {
            writer.Complete(e is OperationCanceledException && IsDisposal(cancellationToken) ? Disposed() : e);
        }
    }

    private static StreamedToken Streamed(SampledSequence sequence, bool ended, StreamingDecoder decoder)
    {
        int token = sequence.Tokens[^1];
        bool stopped = ended && sequence.FinishReason == FinishReason.Stop;
        string text = stopped ? "" : decoder.Append(token);
        if (ended) text += decoder.Finish();
        return new StreamedToken(token, sequence.LogProbs[^1], text, ended ? sequence.FinishReason : null);
    }
}
