namespace Mel.Transformers;

/// <summary>
/// Counts the calls that are inside an object. Closing lets no further call in, asks those inside to end, and releases what the object owns when the last of
/// them is out: nobody computes with memory that is gone, and nobody waits for himself.
/// </summary>
internal sealed class OpenCalls : IDisposable
{
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _closing = new();
    private readonly Action _release;
    private int _inside;
    private bool _closed;

    public OpenCalls(Action release) => (_release, Closing) = (release, _closing.Token);

    /// <summary>Canceled when the object is closed.</summary>
    public CancellationToken Closing { get; }

    /// <summary>Lets a call in; disposing the result lets it out.</summary>
    /// <exception cref="ObjectDisposedException">The owner is closed.</exception>
    public Call Enter(object owner)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_closed, owner);
            _inside++;
        }

        return new Call(this);
    }

    /// <exception cref="ObjectDisposedException">The owner is closed.</exception>
    public void Require(object owner) => ObjectDisposedException.ThrowIf(Volatile.Read(ref _closed), owner);

    /// <summary>Closes the owner. A second call does nothing.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            if (_closed) return;
            _closed = true;
            _inside++;     // until the calls have been asked to end
        }

        _closing.Cancel();
        Leave();
    }

    private void Leave()
    {
        bool last;
        lock (_lock) last = --_inside == 0 && _closed;
        if (last) Release();
    }

    private void Release()
    {
        _release();
        _closing.Dispose();
    }

    /// <summary>A call inside.</summary>
    public readonly struct Call(OpenCalls calls) : IDisposable
    {
        /// <summary>Lets the call out.</summary>
        public void Dispose() => calls.Leave();
    }
}
