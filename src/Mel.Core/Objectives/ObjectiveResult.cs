using Mel.Rollouts;
using static TorchSharp.torch;

namespace Mel.Objectives;

/// <summary>The outcome of an objective over a whole optimizer batch that was scored at once.</summary>
public sealed class ObjectiveResult(IReadOnlyList<ILossTerm> terms, IReadOnlyList<TermValue> values)
{
    /// <summary>The terms of the objective.</summary>
    public IReadOnlyList<ILossTerm> Terms { get; } = terms;

    /// <summary>Loss, figures and tensors of each term, with the graph of the policy. A term without rows has a loss of 0.</summary>
    public IReadOnlyList<TermValue> Values { get; } = values;

    /// <summary>The sum of all terms as they are scaled, [].</summary>
    /// <exception cref="InvalidOperationException">A term is scaled relative to another term's gradient, which no sum of losses can express.</exception>
    public Tensor Total()
    {
        Tensor total = zeros([]);
        for (int t = 0; t < Terms.Count; t++) total = total.to(Values[t].Loss.device) + (Values[t].Loss * Terms[t].Scaling.FixedWeight(Terms[t].Name));
        return total;
    }
}

/// <summary>Evaluates objectives outside a trainer.</summary>
public static class ObjectiveExtensions
{
    /// <summary>Scores the rows of all terms, those that are scored alike in one pass, and evaluates every term.</summary>
    /// <param name="objective">The objective.</param>
    /// <param name="policy">Scores the tokens; the gradient of the losses flows into its parameters.</param>
    /// <param name="batch">The optimizer batch.</param>
    /// <returns>Tensors belong to the caller's dispose scope.</returns>
    public static ObjectiveResult Evaluate(this IObjective objective, IPolicy policy, TrainingBatch batch)
    {
        ArgumentNullException.ThrowIfNull(objective);
        ArgumentNullException.ThrowIfNull(policy);
        ScoringPlan plan = new(objective.Terms(batch));
        TermValue[] values = [.. plan.Terms.Select(t => new TermValue(zeros([]), t.Metrics))];
        foreach (MicroBatch part in plan.MicroBatches(int.MaxValue))
        {
            TokenScores scores = policy.Score(part.Tokens);
            foreach (int term in part.Terms)
            {
                TermValue value = part.Evaluate(term, scores), before = values[term];
                values[term] = new TermValue(before.Loss.to(value.Loss.device) + value.Loss, [.. before.Metrics, .. value.Metrics])
                {
                    Tensors = value.Tensors ?? before.Tensors,
                };
            }
        }

        return new ObjectiveResult(plan.Terms, values);
    }
}
