using Mel.Verifiers;
using Spectre.Console;

namespace AuditVerifier;

/// <summary>Reads the rows, has them judged, and prints what was found.</summary>
internal static class Audit
{
    public static async Task RunAsync(AuditOptions options, CancellationToken cancellationToken)
    {
        List<AuditRow> rows = [];
        int unread = 0, line = 0;
        await foreach (string json in File.ReadLinesAsync(options.Path, cancellationToken))
        {
            line++;
            if (string.IsNullOrWhiteSpace(json)) continue;
            if (AuditRow.Read(line, json, options) is { } row) rows.Add(row);
            else unread++;
        }

        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Out) });
        MathVerifier verifier = new(options.Extraction);
        TimeSpan started = Environment.CpuUsage.TotalTime;
        console.Progress().AutoClear(true).Start(progress =>
        {
            ProgressTask task = progress.AddTask("verifying", maxValue: Math.Max(1, rows.Count));
            // the verifier is thread-safe and holds no state, so plain Parallel.ForEach is enough
            Parallel.ForEach(rows, new ParallelOptions { CancellationToken = cancellationToken }, row =>
            {
                row.Result = verifier.Verify(row.Gold, row.Response, row.Question);
                if (!verifier.CanRead(row.Gold, out string? fault)) row.GoldFault = fault;
                task.Increment(1);
            });
        });
        new AuditReport(console, options).Write(rows, unread, Environment.CpuUsage.TotalTime - started);
    }
}
