using Mel.Data;
using Mel.Data.Checks;
using Mel.Data.Folders;
using Mel.Data.Layouts;
using Mel.Prompts;

namespace Mel.Samples.Tests.Docs;

/// <summary>The code of docs/data.md, compiled; <see cref="DataPageTests"/> runs it.</summary>
internal static class DataPage
{
    public static async Task<DataPrompts> FolderAsync(string path)
    {
        // <folder>
        DataFolder folder = DataFolder.Open(path);                               // configs: in README.md, or splits by file name
        DataPrompts prompts = await DataPrompts.OpenAsync(folder.Files("train"), new DataOptions { ShuffleSeed = 1 });
        Console.WriteLine(prompts.Report);                                       // 7,470 of 7,473 rows kept; 0 empty, 3 repeated, ...
        // </folder>
        return prompts;
    }

    public static (DataLayout Named, DataLayout Own) Layouts()
    {
        // <layouts>
        DataLayout named = DataLayout.Named("GSM8K");
        DataLayout own = new() { Text = "conversation[0].text", Answer = "reward_model.ground_truth|gold", Id = "meta.uid", Metadata = ["meta.level"] };
        // </layouts>
        return (named, own);
    }

    public static async Task<DataPrompts> ReportAsync(string trainingFile, string evaluationFile)
    {
        // <report>
        DataPrompts evaluation = await DataPrompts.OpenAsync([evaluationFile], new DataOptions { LeaveOutConflicts = false });
        DataPrompts checkedPrompts = await DataPrompts.OpenAsync([trainingFile], new DataOptions
        {
            EvaluationSets = new Dictionary<string, IReadOnlyList<Prompt>> { ["MATH500"] = await evaluation.ReadAllAsync() },
        });
        foreach (DataFinding finding in checkedPrompts.Report.Findings) Console.WriteLine(finding);      // train.parquet, row 17: Overlapping: ...
        // </report>
        return checkedPrompts;
    }
}
