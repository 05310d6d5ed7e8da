using System.Runtime.InteropServices;

namespace Mel.Runtime;

/// <summary>
/// Turns the signals that ask a process to end into a cancellation: Ctrl-C, SIGTERM (docker stop, systemd, Slurm, Kubernetes) and SIGHUP (a closed terminal).
/// A trainer given the token stops at a step boundary and writes its checkpoint. A second Ctrl-C ends the process at once.
/// </summary>
/// <remarks>A host of Microsoft.Extensions.Hosting handles SIGTERM itself; give the trainer its stopping token then.</remarks>
public sealed class StopSignals : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration[] _registrations;

    /// <summary>Begins to listen.</summary>
    /// <param name="onStop">Called once, at the first signal, on a thread of the runtime; null calls nothing.</param>
    public StopSignals(Action<PosixSignal>? onStop = null)
    {
        _registrations =
        [
            .. new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP }.Select(signal => PosixSignalRegistration.Create(signal, context =>
            {
                // Without this the runtime ends the process when the handler returns. A second Ctrl-C gets just that.
                context.Cancel = !_source.IsCancellationRequested || context.Signal != PosixSignal.SIGINT;
                if (_source.IsCancellationRequested) return;
                _source.Cancel();
                onStop?.Invoke(context.Signal);
            })),
        ];
    }

    /// <summary>Canceled at the first signal.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>Stops listening; from here on the signals do what they do by default.</summary>
    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations) registration.Dispose();
        _source.Dispose();
    }
}
