// Audits a file of responses: how many are right, which rule found each answer, which golds nobody can match, and where a second verifier disagrees.
//
//   dotnet run --project samples/AuditVerifier -- samples/AuditVerifier/example.jsonl --preset Evaluation --second other
//
// Expected output: a table of verdicts by extraction rule (7 rows: 5 right, 1 wrong, 1 with an unreadable gold), the unreadable gold, and one
// disagreement, where the other verifier missed that 0.5 is 1/2.

using AuditVerifier;
using Mel.Verifiers;
using Spectre.Console;

if (AuditOptions.Parse(args) is not { } options)
{
    Console.Error.WriteLine(AuditOptions.Usage);
    return 2;
}
if (!File.Exists(options.Path))
{
    Console.Error.WriteLine($"'{options.Path}' does not exist; name a file of JSON lines.");
    return 2;
}

List<AuditRow> rows = [];
int unread = 0, line = 0;
foreach (string json in File.ReadLines(options.Path))
{
    line++;
    if (string.IsNullOrWhiteSpace(json)) continue;
    if (AuditRow.Read(line, json, options) is { } row) rows.Add(row);
    else unread++;
}

MathVerifier verifier = new(options.Extraction);
TimeSpan started = Environment.CpuUsage.TotalTime;
AnsiConsole.Progress().AutoClear(true).Start(progress =>
{
    ProgressTask task = progress.AddTask("verifying", maxValue: Math.Max(1, rows.Count));
    // the verifier is thread-safe and holds no state, so plain Parallel.ForEach is enough
    Parallel.ForEach(rows, row =>
    {
        row.Result = verifier.Verify(row.Gold, row.Response, row.Question);
        if (!verifier.CanRead(row.Gold, out string? fault)) row.GoldFault = fault;
        task.Increment(1);
    });
});
AuditReport.Write(rows, unread, options, Environment.CpuUsage.TotalTime - started);
return 0;
