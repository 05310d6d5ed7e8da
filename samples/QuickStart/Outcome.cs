using Mel.Evaluation;
using Mel.Training;

namespace Mel.Samples.QuickStart;

/// <summary>What came of one variant.</summary>
internal sealed record Outcome(EvaluationReport Evaluation, TrainingReport Training, TimeSpan Duration, double TruthOfRetained);
