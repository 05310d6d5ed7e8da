using Mel.Training;

namespace Mel.Samples.QuickStart;

/// <summary>What came of one variant.</summary>
internal sealed record Outcome(Scores Evaluation, TrainingReport Training, TimeSpan Duration, double TruthOfRetained);
