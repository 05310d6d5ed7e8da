using Mel.Evaluation;
using Mel.Prompts;
using Mel.Rollouts;
using Mel.Samples.Miniature;

namespace Mel.Samples.Study;

/// <summary>The held-out questions that every model of a world is asked.</summary>
/// <param name="world">The world.</param>
/// <param name="sampler">Who is asked.</param>
internal sealed class HeldOutQuestions(World world, ISampler sampler)
{
    public const int Greedy = 768, Sampled = 256, Samples = 8;

    private readonly IReadOnlyList<Prompt> _questions = QuestionSets.HeldOut(world, Greedy, seed: 7);

    /// <summary>Share solved at T = 0.</summary>
    public async Task<double> GreedyAsync(CancellationToken cancellationToken)
        => (await Evaluate(_questions, samples: 0, cancellationToken)).PassAt1;

    /// <summary>The first of the questions answered eight times at T = 0.6.</summary>
    public async Task<(double Average, double Pass)> SampledAsync(CancellationToken cancellationToken)
    {
        EvaluationReport report = await Evaluate([.. _questions.Take(Sampled)], Samples, cancellationToken);
        return (report.AverageAtK, report.PassAtK);
    }

    private Task<EvaluationReport> Evaluate(IReadOnlyList<Prompt> questions, int samples, CancellationToken cancellationToken)
        => new Evaluator(sampler, new ChainVerifier()).EvaluateAsync(
            questions, new EvaluationOptions { Samples = samples, MaxTokens = world.Shape.SolutionTokens, Seed = 11 }, cancellationToken);
}
