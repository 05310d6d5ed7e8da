using Mel.Prompts;
using Mel.Rewards;
using Mel.Rollouts;
using Mel.Runtime;
using Mel.Verification;

namespace Mel.Evaluation;

/// <summary>
/// Measures Pass@1 at temperature 0 and Avg@k, Pass@k at a sampling temperature (section 4 of the paper). Needs a sampler and a verifier, nothing that trains.
/// </summary>
/// <param name="sampler">What is evaluated.</param>
/// <param name="verifier">Judges the attempts.</param>
/// <param name="verification">Time limit, parallelism and what failures become; the defaults where null.</param>
/// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">An option is out of its range.</exception>
public sealed class Evaluator(ISampler sampler, IVerifier verifier, VerificationOptions? verification = null)
{
    private readonly VerifiedRollouts _rollouts = new(sampler, verifier, null, verification) { RequiresLogProbs = false };

    /// <summary>Evaluates on every prompt of a list.</summary>
    /// <param name="prompts">The questions; at least one.</param>
    /// <param name="options">Attempts and temperature; the defaults where null.</param>
    /// <param name="cancellationToken">Stops the work; <see cref="OperationCanceledException"/> is let through.</param>
    /// <exception cref="PromptTooLongException">
    /// A prompt does not fit into the context. An evaluation leaves nothing out: another set of questions would be another figure.
    /// </exception>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">An option is out of its range.</exception>
    public async Task<EvaluationReport> EvaluateAsync(
        IReadOnlyList<Prompt> prompts, EvaluationOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(prompts);
        if (prompts.Count == 0) throw new ArgumentException("There is no question to evaluate on; give at least one.", nameof(prompts));
        EvaluationOptions checkedOptions = OptionRules.Checked(options, new EvaluationOptionsValidator());
        ComputeThreads.Keep();
        Task<IReadOnlyList<RolloutGroup>> first = AttemptAsync(prompts, 1, 0, checkedOptions, cancellationToken);
        if (!_rollouts.Sampler.AllowsOverlap) await first.ConfigureAwait(false);
        Task<IReadOnlyList<RolloutGroup>> further = checkedOptions.Samples == 0
            ? Task.FromResult<IReadOnlyList<RolloutGroup>>([])
            : AttemptAsync(prompts, checkedOptions.Samples, checkedOptions.Temperature, checkedOptions, cancellationToken);
        await Task.WhenAll(first, further).ConfigureAwait(false);
        return new EvaluationReport(await first.ConfigureAwait(false), await further.ConfigureAwait(false), checkedOptions.Samples);
    }

    private async Task<IReadOnlyList<RolloutGroup>> AttemptAsync(
        IReadOnlyList<Prompt> prompts, int count, double temperature, EvaluationOptions options, CancellationToken cancellationToken)
    {
        RolloutRequest[] requests =
        [
            .. prompts.Select((prompt, i) => _rollouts.Request(prompt, count, SplitMix64.Derive(options.Seed, (ulong)count, (ulong)i))),
        ];
        SamplingOptions sampling = new() { Temperature = temperature, MaxTokens = options.MaxTokens };
        return (await _rollouts.SampleAsync(requests, sampling, cancellationToken).ConfigureAwait(false)).Groups;
    }
}
