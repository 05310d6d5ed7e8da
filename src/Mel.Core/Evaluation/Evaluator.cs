using Mel.Runtime;
using Mel.Prompts;
using Mel.Rollouts;
using Mel.Verification;

namespace Mel.Evaluation;

/// <summary>Measures Pass@1 at temperature 0 and Avg@k, Pass@k at a sampling temperature (section 4 of the paper). Needs a sampler and a verifier, nothing that trains.</summary>
/// <param name="sampler">What is evaluated.</param>
/// <param name="verifier">Judges the attempts.</param>
public sealed class Evaluator(ISampler sampler, IVerifier verifier)
{
    private readonly ISampler _sampler = sampler ?? throw new ArgumentNullException(nameof(sampler));
    private readonly IVerifier _verifier = verifier ?? throw new ArgumentNullException(nameof(verifier));

    /// <summary>Evaluates on every prompt of a list.</summary>
    /// <param name="prompts">The questions; at least one.</param>
    /// <param name="options">Attempts and temperature; the defaults where null.</param>
    /// <param name="cancellationToken">Stops the work; <see cref="OperationCanceledException"/> is let through.</param>
    /// <exception cref="PromptTooLongException">A prompt does not fit into the context.</exception>
    public async Task<EvaluationReport> EvaluateAsync(IReadOnlyList<Prompt> prompts, EvaluationOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(prompts);
        if (prompts.Count == 0) throw new ArgumentException("There is no question to evaluate on; give at least one.", nameof(prompts));
        options ??= new EvaluationOptions();
        ComputeThreads.Keep();
        ReadOnlyMemory<int>[] encoded = [.. prompts.Select(p => _sampler.Encode(p.Text))];
        Verdict[][] greedy = await AttemptAsync(prompts, encoded, 1, new SamplingOptions { Temperature = 0, MaxTokens = options.MaxTokens }, options.Seed, cancellationToken).ConfigureAwait(false);
        Verdict[][] sampled = options.Samples == 0
            ? []
            : await AttemptAsync(prompts, encoded, options.Samples, new SamplingOptions { Temperature = options.Temperature, MaxTokens = options.MaxTokens }, options.Seed, cancellationToken).ConfigureAwait(false);

        double[] first = [.. greedy.Where(Judged).Select(Share)];
        Verdict[][] judged = [.. sampled.Where(Judged)];
        return new EvaluationReport(
            first.Length,
            greedy.Concat(sampled).Sum(v => v.Count(x => x == Verdict.Unverifiable)),
            first.Length == 0 ? double.NaN : first.Average(),
            judged.Length == 0 ? double.NaN : judged.Average(Share),
            judged.Length == 0 ? double.NaN : judged.Average(v => v.Contains(Verdict.Correct) ? 1.0 : 0.0),
            options.Samples);
    }

    private static bool Judged(Verdict[] verdicts) => verdicts.Any(v => v != Verdict.Unverifiable);

    private static double Share(Verdict[] verdicts) => (double)verdicts.Count(v => v == Verdict.Correct) / verdicts.Count(v => v != Verdict.Unverifiable);

    private async Task<Verdict[][]> AttemptAsync(IReadOnlyList<Prompt> prompts, ReadOnlyMemory<int>[] encoded, int count, SamplingOptions sampling, ulong seed, CancellationToken cancellationToken)
    {
        SamplingRequest[] requests = [.. encoded.Select((tokens, i) => new SamplingRequest(tokens, count, SplitMix64.Derive(seed, (ulong)count, (ulong)i)))];
        IReadOnlyList<IReadOnlyList<Trajectory>> attempts = await _sampler.SampleAsync(requests, sampling, cancellationToken).ConfigureAwait(false);
        Verdict[][] verdicts = new Verdict[prompts.Count][];
        for (int i = 0; i < prompts.Count; i++)
        {
            verdicts[i] = new Verdict[attempts[i].Count];
            for (int k = 0; k < attempts[i].Count; k++) verdicts[i][k] = await _verifier.VerifyAsync(prompts[i], attempts[i][k], cancellationToken).ConfigureAwait(false);
        }

        return verdicts;
    }
}
