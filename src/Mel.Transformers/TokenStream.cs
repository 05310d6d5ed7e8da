using System.Threading.Channels;
using Mel.Transformers.Sampling;

namespace Mel.Transformers;

/// <summary>
/// A response on its way. The model writes it at its own pace, whether or not somebody reads; the channel holds what was not read yet, at most as many tokens
/// as the response may have.
/// </summary>
/// <param name="reader">The tokens.</param>
/// <param name="completion">Ends when the model is at rest again; never fails.</param>
/// <param name="stop">Stops the model between two tokens.</param>
internal sealed class TokenStream(ChannelReader<StreamedToken> reader, Task completion, CancellationTokenSource stop) : IAsyncDisposable
{
    public ChannelReader<StreamedToken> Reader { get; } = reader;

    public Task Completion { get; } = completion;

    /// <summary>Stops the model and waits until it is at rest.</summary>
    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync().ConfigureAwait(false);
        await Completion.ConfigureAwait(false);
        stop.Dispose();
    }
}
