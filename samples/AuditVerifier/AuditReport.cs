using System.Globalization;
using Mel.Verifiers;
using Spectre.Console;

namespace AuditVerifier;

/// <summary>Prints what an audit found.</summary>
internal sealed class AuditReport(IAnsiConsole console, AuditOptions options)
{
    public void Write(IReadOnlyList<AuditRow> rows, int unread, TimeSpan processorTime)
    {
        WriteTable(rows);
        double milliseconds = processorTime.TotalMilliseconds;
        console.MarkupLineInterpolated(CultureInfo.InvariantCulture,
            $"{rows.Count} rows, {unread} lines without the columns '{options.Gold}' and '{options.Response}', {milliseconds:F0} ms of processor time");
        List("Golds that cannot be read", rows.Where(static r => r.Result!.Outcome == VerificationOutcome.GoldUnparsable), options.Listed,
            static r => $"{r.Gold}   ({r.GoldFault})");
        List("Answers that do not parse", rows.Where(IsUnread), options.Listed, static r => $"{r.Result!.Answer}   (gold {r.Gold}, {r.Result.Outcome})");
        if (options.Second is null) return;
        AuditRow[] judged = [.. rows.Where(static r => r.Second is not null && r.Result!.Outcome != VerificationOutcome.GoldUnparsable)];
        AuditRow[] apart = [.. judged.Where(static r => r.Second != r.Result!.IsCorrect)];
        console.MarkupLineInterpolated(CultureInfo.InvariantCulture,
            $"agreement with '{options.Second}': {judged.Length - apart.Length} of {judged.Length}");
        List("Right here, wrong there", apart.Where(static r => r.Result!.IsCorrect), options.Listed, Pair);
        List("Wrong here, right there", apart.Where(static r => !r.Result!.IsCorrect), options.Listed, Pair);
    }

    private void WriteTable(IReadOnlyList<AuditRow> rows)
    {
        VerificationOutcome[] outcomes = Enum.GetValues<VerificationOutcome>();
        Table table = new Table().AddColumn(new TableColumn("found by").NoWrap());
        foreach (VerificationOutcome outcome in outcomes) table.AddColumn(new TableColumn(Heading(outcome)).RightAligned());
        table.AddColumn(new TableColumn("rows").RightAligned());
        var byRule = rows.GroupBy(static r => r.Result!.Rule?.ToString() ?? "(nothing)").OrderByDescending(static g => g.Count());
        foreach (IGrouping<string, AuditRow> rule in byRule)
        {
            IEnumerable<int> counts = outcomes.Select(o => rule.Count(r => r.Result!.Outcome == o)).Append(rule.Count());
            table.AddRow([rule.Key, .. counts.Select(static c => c.ToString(CultureInfo.InvariantCulture))]);
        }
        console.Write(table);
    }

    private static string Heading(VerificationOutcome outcome) => outcome switch
    {
        VerificationOutcome.Equivalent => "right",
        VerificationOutcome.NotEquivalent => "wrong",
        VerificationOutcome.NoAnswer => "none",
        VerificationOutcome.PredictionUnparsable => "unread",
        VerificationOutcome.GoldUnparsable => "bad gold",
        _ => "limit",
    };

    private static bool IsUnread(AuditRow row) => row.Result!.Outcome is VerificationOutcome.PredictionUnparsable or VerificationOutcome.LimitExceeded;

    private static string Pair(AuditRow row)
        => $"gold {row.Gold}   answer {row.Result!.Answer}   ({row.Result.Outcome}, {row.Result.Rule}, {row.Result.Method})";

    private void List(string title, IEnumerable<AuditRow> rows, int most, Func<AuditRow, string> describe)
    {
        AuditRow[] all = [.. rows];
        if (all.Length == 0) return;
        console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"[bold]{title}: {all.Length}[/]");
        foreach (AuditRow row in all.Take(most)) console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"  line {row.Line}: {describe(row)}");
    }
}
