namespace Mel.Terminal;

/// <summary>The line of a step where output is redirected.</summary>
internal static class PlainLine
{
    public static string Of(RunTrack track)
    {
        StepFigures figures = track.Latest!;
        string name = track.Name.Length == 0 ? "" : track.Name + "  ";
        string evaluation = track.Evaluation.Count == 0 ? "" : $"  {track.EvaluationName} {StepFigures.Number(track.Evaluation[^1], "0.000")}";
        string note = figures.Note.Length == 0 ? "" : $"  ({figures.Note})";
        return $"{name}step {figures.Step}  accuracy {figures.Accuracy}  reward {figures.Reward}{evaluation}  retained {figures.Retention}  "
            + $"tokens/s {figures.TokensPerSecond}  remaining {figures.Remaining}{note}";
    }
}
