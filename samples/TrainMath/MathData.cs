using Mel.Data;
using Mel.Data.Folders;
using Mel.Data.Layouts;
using Mel.Prompts;

namespace Mel.Samples.TrainMath;

/// <summary>Reads the questions that a run trains on, and those that it is evaluated on.</summary>
internal static class MathData
{
    public static async Task<IReadOnlyList<Prompt>> TrainingAsync(
        RunSettings settings, IReadOnlyList<Prompt> evaluation, Action<string> say, CancellationToken cancellationToken)
    {
        DataOptions options = new() { Layout = LayoutOf(settings), Limit = settings.Limit };
        if (evaluation.Count > 0) options.EvaluationSets = new Dictionary<string, IReadOnlyList<Prompt>> { ["--eval"] = evaluation };
        DataPrompts prompts = await DataPrompts.OpenAsync(FilesOf(settings.Data, settings.Split), options, cancellationToken);
        say(prompts.Report.ToString());
        return await prompts.ReadAllAsync(cancellationToken);
    }

    public static async Task<IReadOnlyList<Prompt>> EvaluationAsync(RunSettings settings, CancellationToken cancellationToken)
    {
        if (settings.Eval is not { } path) return [];
        // A folder of its own, or the other split of the folder that is trained on.
        DataOptions options = new() { Layout = LayoutOf(settings), Limit = settings.EvalLimit, LeaveOutConflicts = false };
        return await (await DataPrompts.OpenAsync(FilesOf(path, "test"), options, cancellationToken)).ReadAllAsync(cancellationToken);
    }

    private static IReadOnlyList<string> FilesOf(string path, string split) => Directory.Exists(path) ? DataFolder.Open(path).Files(split) : [path];

    private static DataLayout? LayoutOf(RunSettings settings)
    {
        if (settings.PromptColumn is null && settings.AnswerColumn is null) return null;
        DataLayout standard = new();
        return new DataLayout { Text = settings.PromptColumn ?? standard.Text, Answer = settings.AnswerColumn ?? standard.Answer };
    }
}
