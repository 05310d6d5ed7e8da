using Mel.Evaluation;
using Mel.Prompts;
using Mel.Rollouts;
using Mel.Samples.Miniature;

namespace Mel.Samples.QuickStart;

/// <summary>The held-out questions every model of this sample is asked: all of them greedily, the first 128 eight times at temperature 0.6.</summary>
internal sealed class HeldOut(IReadOnlyList<Prompt> questions)
{
    private const int Sampled = 128;

    public int Questions => questions.Count;

    public async Task<EvaluationReport> RunAsync(ISampler sampler, CancellationToken cancellationToken)
    {
        Evaluator evaluator = new(sampler, new ChainVerifier());
        EvaluationOptions options = new() { MaxTokens = Chain.StandardTokens, Seed = 11 };
        EvaluationReport greedy = await evaluator.EvaluateAsync(questions, options with { Samples = 0 }, cancellationToken);
        EvaluationReport sampled = await evaluator.EvaluateAsync([.. questions.Take(Sampled)], options, cancellationToken);
        return sampled with { Questions = greedy.Questions, PassAt1 = greedy.PassAt1 };
    }
}
