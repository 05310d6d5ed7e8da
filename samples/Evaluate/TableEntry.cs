using Mel.Evaluation;

namespace Mel.Samples.Evaluate;

/// <summary>What a model reached on a set.</summary>
internal sealed record TableEntry(string Model, string Set, EvaluationReport Report)
{
    /// <summary>Reads a records file; the file is named after the set and its folder after the model.</summary>
    public static TableEntry Load(string path) => new(
        Path.GetFileName(Path.GetDirectoryName(Path.GetFullPath(path)))!, Path.GetFileNameWithoutExtension(path),
        new EvaluationReport(EvaluationRecords.Load(path).Records));

    /// <summary>The columns of the paper's table; those that nothing was sampled for are left out.</summary>
    public IReadOnlyList<EvaluationFigure> Figures => Report.Samples == 0 ? [Report.Greedy] : [Report.Greedy, Report.Average, Report.PassAt(Report.Samples)];
}
