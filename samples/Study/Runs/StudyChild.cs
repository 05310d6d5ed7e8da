using System.Diagnostics;

namespace Mel.Samples.Study;

/// <summary>
/// Runs a hidden command of this program in a process of its own, on one thread. A process ends by itself when the one that started it is gone: its input
/// then ends.
/// </summary>
internal static class StudyChild
{
    /// <returns>What the command printed.</returns>
    /// <exception cref="InvalidOperationException">The command failed; the message is what it complained of.</exception>
    public static async Task<string> RunAsync(IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        string program = Path.Combine(AppContext.BaseDirectory, typeof(StudyChild).Assembly.GetName().Name + (OperatingSystem.IsWindows() ? ".exe" : ""));
        ProcessStartInfo start = new(program, arguments)
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false,
        };
        foreach (string variable in (string[])["OMP_NUM_THREADS", "MKL_NUM_THREADS"]) start.Environment[variable] = "1";
        using Process process = Process.Start(start) ?? throw new InvalidOperationException($"'{program}' could not be started.");
        Task<string> output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        Task<string> error = process.StandardError.ReadToEndAsync(CancellationToken.None);
        try
        {
            await process.WaitForExitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None);
            throw;
        }

        if (process.ExitCode != 0) throw new InvalidOperationException($"exit code {process.ExitCode}: {(await error).Trim()}");
        return await output;
    }

    /// <summary>Cancels when the input of this process ends, which is when its parent is gone.</summary>
    public static CancellationTokenSource WithParent(CancellationToken cancellationToken)
    {
        CancellationTokenSource source = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Thread waiting = new(() =>
        {
            while (Console.In.Read() >= 0)
            {
                // Nothing is ever written.
            }

            source.Cancel();
        })
        { IsBackground = true };
        waiting.Start();
        return source;
    }
}
