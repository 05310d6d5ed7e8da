using System.ComponentModel;

namespace Mel.Diagnostics;

public static partial class MetricNames
{
    private const string Evaluations = "Evaluation";

    /// <summary>Share of the held-out questions that are solved at temperature 0.</summary>
    /// <remarks>
    /// Of: the questions of a `PeriodicEvaluation` that could be judged; only steps that were evaluated have it. Unit: share. Source: Mel. Normal: follows
    /// accuracy from a distance. Otherwise: where accuracy rises and this does not, the policy learns its questions by heart; take more of them, or stop
    /// early (`EarlyStop`).
    /// </remarks>
    [Category(Evaluations)]
    public const string EvaluationPassAt1 = "eval/pass_at_1";

    /// <summary>Share of a held-out question's k sampled attempts that are correct, averaged over questions.</summary>
    /// <remarks>
    /// Written: eval/avg_at_&lt;k&gt;. Of: the questions of a `PeriodicEvaluation` that could be judged; absent where `EvaluationOptions.Samples` is 0.
    /// Unit: share. Source: Mel. Normal: near eval/pass_at_1. Otherwise: far below it, the policy is right only where it does not sample.
    /// </remarks>
    [Category(Evaluations)]
    public const string EvaluationAverageAtK = "eval/avg_at_";

    /// <summary>Share of the held-out questions with a correct one among k sampled attempts.</summary>
    /// <remarks>
    /// Written: eval/pass_at_&lt;k&gt;. Of: the questions of a `PeriodicEvaluation` that could be judged; absent where `EvaluationOptions.Samples` is 0.
    /// Unit: share. Source: Mel. Normal: above eval/avg_at_k. Otherwise: when it falls while eval/pass_at_1 rises, attempts become all alike; see
    /// entropy/scored.
    /// </remarks>
    [Category(Evaluations)]
    public const string EvaluationPassAtK = "eval/pass_at_";

    /// <summary>Attempts at held-out questions that could not be judged.</summary>
    /// <remarks>
    /// Of: all attempts of the evaluation. Unit: count. Source: Mel. Normal: 0. Otherwise: the verifier fails or has no reference answer to compare with;
    /// the shares are of the other attempts.
    /// </remarks>
    [Category(Evaluations)]
    public const string EvaluationUnverifiable = "eval/unverifiable";

    /// <summary>Time spent on the evaluation, seconds.</summary>
    /// <remarks>
    /// Of: the evaluation after the step; it is not part of step_time. Unit: s. Source: Mel. Normal: a few percent of the time between two evaluations.
    /// Otherwise: fewer questions or attempts, or a longer `PeriodicEvaluationOptions.EverySteps`.
    /// </remarks>
    [Category(Evaluations)]
    public const string EvaluationTime = "timing_s/eval";
}
