namespace Mel.Evaluation;

/// <summary>How well a sampler does on a set of questions, as shares in [0, 1] of the questions that could be judged.</summary>
/// <param name="Questions">Questions that could be judged.</param>
/// <param name="Unverifiable">Attempts that could not be judged; they count nowhere.</param>
/// <param name="PassAt1">Share solved greedily, at temperature 0.</param>
/// <param name="AverageAtK">Mean share of k sampled attempts that are correct; NaN when none were sampled.</param>
/// <param name="PassAtK">Share of questions of which at least one of k sampled attempts is correct; NaN when none were sampled.</param>
/// <param name="Samples">k.</param>
public sealed record EvaluationReport(int Questions, int Unverifiable, double PassAt1, double AverageAtK, double PassAtK, int Samples);
