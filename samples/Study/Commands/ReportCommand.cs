using System.CommandLine;

namespace Mel.Samples.Study;

/// <summary>Makes the page and its pictures out of the rows.</summary>
internal static class ReportCommand
{
    /// <summary>What people have to say about the rows: the end of the page.</summary>
    public const string DiscussionFile = "discussion.txt";

    public static Command Create()
    {
        Option<string> rows = Folders.Rows();
        Option<string> page = new("--page") { Description = "The page.", DefaultValueFactory = _ => Path.Combine("docs", "study.md") };
        Command command = new("report", "Writes the page of the study and its pictures out of the rows.") { rows, page };
        command.SetAction(parsed =>
        {
            string folder = parsed.GetValue(rows)!;
            StudyData data = Load(folder);
            Directory.CreateDirectory(folder);
            foreach (string old in Directory.EnumerateFiles(folder, "*.svg")) File.Delete(old);
            Picture[] pictures = [.. new StudyPictures(data).All()];
            foreach (Picture picture in pictures) picture.Draw(folder);
            File.WriteAllText(parsed.GetValue(page)!, Page(folder, data));
            Console.WriteLine($"{parsed.GetValue(page)} and {pictures.Length} pictures, out of {data.Count} runs.");
        });
        return command;
    }

    public static StudyData Load(string folder) => new(new RowFiles(folder).Read());

    public static string Page(string folder, StudyData data)
    {
        string discussion = Path.Combine(folder, DiscussionFile);
        return new StudyPage(data, File.Exists(discussion) ? File.ReadAllText(discussion) : "").Write();
    }
}
