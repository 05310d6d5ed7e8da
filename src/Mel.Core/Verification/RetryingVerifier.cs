using Mel.Diagnostics;
using Mel.Prompts;
using Mel.Rollouts;
using Mel.Runtime;
using Microsoft.Extensions.Options;

namespace Mel.Verification;

/// <summary>
/// Asks a verifier again when it fails, for verifiers behind a network. What fails to the last goes on as the exception of the last try. The time limit of the
/// run (<see cref="VerificationOptions.TimeLimit"/>) spans all tries.
/// </summary>
public sealed class RetryingVerifier : DelegatingVerifier
{
    private readonly RetryingVerifierOptions _options;
    private readonly TimeProvider _time;

    /// <summary>Creates the decorator.</summary>
    /// <param name="inner">The verifier that does the work.</param>
    /// <param name="options">Tries and delay; the defaults where null.</param>
    /// <param name="time">Clock for the delay; the system's where null.</param>
    /// <exception cref="OptionsValidationException">An option is out of its range.</exception>
    public RetryingVerifier(IVerifier inner, RetryingVerifierOptions? options = null, TimeProvider? time = null)
        : base(inner)
    {
        _options = OptionRules.Checked(options, new RetryingVerifierOptionsValidator());
        _time = time ?? TimeProvider.System;
    }

    /// <inheritdoc/>
    public override async ValueTask<Judgement> VerifyAsync(Prompt prompt, Trajectory trajectory, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        PartPlace place = new("verifier", Inner, prompt.Id);
        TimeSpan delay = _options.Delay;
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return await PartCall.RunAsync(place, () => Inner.VerifyAsync(prompt, trajectory, cancellationToken).AsTask(), cancellationToken)
                    .ConfigureAwait(false);
            }
            catch (Exception e) when (attempt < _options.Attempts && e is not OperationCanceledException && (_options.ShouldRetry?.Invoke(e) ?? true))
            {
                await Task.Delay(delay, _time, cancellationToken).ConfigureAwait(false);
                delay *= _options.DelayFactor;
            }
        }
    }
}

/// <summary>Settings of <see cref="RetryingVerifier"/>.</summary>
public sealed class RetryingVerifierOptions
{
    /// <summary>Largest number of tries at one trajectory, the first included.</summary>
    /// <value>The default is 3.</value>
    public int Attempts { get; set; } = 3;

    /// <summary>Time between the first try and the second.</summary>
    /// <value>The default is 1 second.</value>
    public TimeSpan Delay { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Factor from each delay to the next.</summary>
    /// <value>The default is 2.</value>
    public double DelayFactor { get; set; } = 2;

    /// <summary>
    /// Which exceptions are worth another try. A cancellation that nobody asked for arrives here as a <see cref="TimeoutException"/>; one that the caller asked
    /// for is never tried again.
    /// </summary>
    /// <value>The default is null: all.</value>
    public Func<Exception, bool>? ShouldRetry { get; set; }
}

internal sealed class RetryingVerifierOptionsValidator : IValidateOptions<RetryingVerifierOptions>
{
    public ValidateOptionsResult Validate(string? name, RetryingVerifierOptions options)
    {
        OptionRules rules = new();
        rules.AtLeast(options.Attempts, 1, nameof(options.Attempts));
        rules.Require(
            options.Delay >= TimeSpan.Zero && options.Delay <= TimeSpan.FromDays(1), nameof(options.Delay),
            $"must be at least 0 and at most a day, got {options.Delay}");
        rules.Require(
            options.DelayFactor is >= 1 and <= 10, nameof(options.DelayFactor), $"must be within [1, 10], got {options.DelayFactor}");
        return rules.Result;
    }
}
