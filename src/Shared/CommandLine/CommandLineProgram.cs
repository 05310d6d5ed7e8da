using System.CommandLine;
using Mel.Diagnostics;
using Microsoft.Extensions.Options;

namespace Mel.Runtime;

/// <summary>
/// Runs the command that a command line asks for. What is wrong with the line is said all at once (exit code 2), a failure in a sentence (1). Ctrl-C and the
/// other signals of <see cref="StopSignals"/> cancel the command (130).
/// </summary>
internal sealed class CommandLineProgram
{
    /// <summary>What is said at the first signal, and how.</summary>
    public Action OnStopping { get; init; } = () => Console.Error.WriteLine("Stopping ... (Ctrl-C again leaves at once)");

    /// <summary>What is said when the command was stopped.</summary>
    public Action OnStopped { get; init; } = () => Console.Error.WriteLine("Stopped.");

    /// <summary>Ends what draws on the screen, before a last word is written.</summary>
    public Action Close { get; init; } = () => { };

    /// <param name="parsed">The command line.</param>
    /// <param name="problems">What is wrong with it and with other sources of options; null takes the errors of the command line.</param>
    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync(ParseResult parsed, IReadOnlyList<string>? problems = null)
    {
        string[] wrong = [.. problems ?? parsed.Errors.Select(error => error.Message)];
        if (wrong.Length > 0)
        {
            foreach (string problem in wrong) Console.Error.WriteLine(problem);
            Console.Error.WriteLine("--help shows what there is.");
            return 2;
        }

        using StopSignals stop = new(_ => OnStopping());
        InvocationConfiguration configuration = new() { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
        try
        {
            return await parsed.InvokeAsync(configuration, stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stop.Token.IsCancellationRequested)
        {
            Close();
            OnStopped();
            return 130;
        }
        catch (Exception e)
        {
            Close();
            Console.Error.WriteLine(RunFailure.Of(e) is { } where ? $"{where} {e.Message}" : e.Message);
            return e is WrongOptionException or OptionsValidationException ? 2 : 1;
        }
    }
}
