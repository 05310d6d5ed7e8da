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

    /// <summary>The greedy answers to all questions, and the sampled ones to the first.</summary>
    public async Task<Scores> RunAsync(ISampler sampler, CancellationToken cancellationToken)
    {
        Evaluator evaluator = new(sampler, new ChainVerifier());
        EvaluationReport greedy = await evaluator.EvaluateAsync(questions, Options(samples: 0), cancellationToken);
        return new Scores(greedy, await evaluator.EvaluateAsync([.. questions.Take(Sampled)], Options(samples: 8), cancellationToken));
    }

    private static EvaluationOptions Options(int samples) => new() { Samples = samples, MaxTokens = Chain.StandardTokens, Seed = 11 };
}

/// <summary>How well a model does on the held-out questions.</summary>
internal sealed record Scores(EvaluationReport Greedy, EvaluationReport Sampled);
