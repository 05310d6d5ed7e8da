using Mel.Runtime;
using Microsoft.Extensions.Options;

namespace Mel.Verification;

/// <summary>How a verifier is called: how many attempts at once, how long it may take, and what its failures are.</summary>
public sealed class VerificationOptions
{
    /// <summary>
    /// Longest time of one judgement, counted from its start. A verifier that takes longer is left to itself, and its judgement counts as a failure. Null sets
    /// no limit; a canceled run does not wait for a verifier in either case.
    /// </summary>
    /// <value>The default is 10 minutes.</value>
    public TimeSpan? TimeLimit { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// Largest number of judgements under way at once. It is meant for verifiers that wait, for a server or a process; those that compute share the cores
    /// whatever the number.
    /// </summary>
    /// <value>The default is 64.</value>
    public int Parallelism { get; set; } = 64;

    /// <summary>
    /// What becomes of an attempt at which the verifier threw an exception or took too long. A verifier that tries again comes before this: see
    /// <see cref="RetryingVerifier"/>.
    /// </summary>
    /// <value>The default is <see cref="VerifierFailure.Stop"/>.</value>
    public VerifierFailure OnFailure { get; set; } = VerifierFailure.Stop;
}

/// <summary>What becomes of an attempt at which the verifier failed.</summary>
public enum VerifierFailure
{
    /// <summary>The exception goes on and ends the run; a verifier that took too long is a <see cref="TimeoutException"/>.</summary>
    Stop,

    /// <summary>
    /// The attempt is <see cref="Verdict.Unverifiable"/>: it leaves the statistics of its group and does not train. Every step counts such failures and
    /// logs the first.
    /// </summary>
    Unverifiable,
}

internal sealed class VerificationOptionsValidator : IValidateOptions<VerificationOptions>
{
    // The longest time that a timer can wait for.
    private static readonly TimeSpan LongestTimer = TimeSpan.FromMilliseconds(uint.MaxValue - 1);

    public ValidateOptionsResult Validate(string? name, VerificationOptions options)
    {
        OptionRules rules = new();
        if (options.TimeLimit is { } limit)
            rules.Require(
                limit > TimeSpan.Zero && limit <= LongestTimer, nameof(options.TimeLimit),
                $"must be greater than 0 and at most {LongestTimer.Days} days, got {limit}; null sets no limit");
        rules.AtLeast(options.Parallelism, 1, nameof(options.Parallelism));
        rules.Defined(options.OnFailure, nameof(options.OnFailure));
        return rules.Result;
    }
}
