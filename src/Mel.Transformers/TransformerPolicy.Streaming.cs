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
    /// request.
    /// </summary>
    /// <param name="promptTokenIds">The tokens to continue, as <see cref="Encode(IReadOnlyList{ChatMessage})"/> returned them.</param>
    /// <param name="options">How tokens are drawn.</param>
    /// <param name="seed">Seed of the response.</param>
    /// <param name="cancellationToken">Ends the response between two tokens; so does leaving the enumeration.</param>
    /// <exception cref="PromptTooLongException">The prompt leaves no room for a token.</exception>
    public async IAsyncEnumerable<StreamedToken> StreamAsync(
        ReadOnlyMemory<int> promptTokenIds, SamplingOptions options, ulong seed, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        SamplingRequest[] requests = [new SamplingRequest(promptTokenIds, 1, seed)];
        Check(requests);
        ComputeThreads.Keep();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Channel<StreamedToken> channel = Channel.CreateUnbounded<StreamedToken>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });
        var decoder = new StreamingDecoder(_tokenizer);
        Task work = Task.Run(() => Write(requests, options, decoder, channel.Writer, stop.Token), CancellationToken.None);
        try
        {
            await foreach (StreamedToken token in channel.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false)) yield return token;
        }
        finally
        {
            // The model must be at rest when the enumeration is left.
            await stop.CancelAsync().ConfigureAwait(false);
            await work.ConfigureAwait(false);
        }
    }

    private void Write(
        SamplingRequest[] requests, SamplingOptions options, StreamingDecoder decoder, ChannelWriter<StreamedToken> writer, CancellationToken cancellationToken)
    {
        try
        {
            Run(requests, options, (sequence, ended) => writer.TryWrite(Streamed(sequence, ended, decoder)), cancellationToken);
            writer.Complete();
        }
        catch (Exception e)
        {
            writer.Complete(e);
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
