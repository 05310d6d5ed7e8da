using Mel.Diagnostics;
using Mel.Prompts;
using Mel.Rollouts;
using Mel.Runtime;

namespace Mel.Verification;

/// <summary>
/// Calls a verifier as the options say: on a thread of the pool, within a time limit, with its failures as a verdict where that is wanted. A verifier that
/// hangs is left to itself, so that neither the time limit nor the user's wish to stop depends on its cooperation.
/// </summary>
internal sealed class GuardedVerifier : DelegatingVerifier
{
    private readonly TimeProvider _time;
    private int _failures;
    private Exception? _firstFailure;

    public GuardedVerifier(IVerifier inner, VerificationOptions? options, TimeProvider? time)
        : base(inner)
    {
        Options = OptionRules.Checked(options, new VerificationOptionsValidator());
        _time = time ?? TimeProvider.System;
    }

    /// <summary>Name of the verifier's type.</summary>
    public string Name => Inner.GetType().Name;

    /// <summary>How the verifier is called.</summary>
    public VerificationOptions Options { get; }

    /// <summary>The verifier itself where it is guarded and nothing else is asked for.</summary>
    public static GuardedVerifier Around(IVerifier verifier, VerificationOptions? options, TimeProvider? time)
        => options is null && verifier is GuardedVerifier guarded ? guarded : new GuardedVerifier(verifier, options, time);

    /// <inheritdoc/>
    public override ValueTask<Judgement> VerifyAsync(Prompt prompt, Trajectory trajectory, CancellationToken cancellationToken = default)
        => new(JudgeAsync(prompt, trajectory, null, cancellationToken));

    /// <summary>Judges one trajectory.</summary>
    /// <param name="prompt">The question.</param>
    /// <param name="trajectory">The response.</param>
    /// <param name="index">Place of the response among those to the question, for messages.</param>
    /// <param name="cancellationToken">Stops the work, whether the verifier takes note of it or not.</param>
    public async Task<Judgement> JudgeAsync(Prompt prompt, Trajectory trajectory, int? index, CancellationToken cancellationToken)
    {
        PartPlace place = new("verifier", Inner, prompt.Id, index);
        try
        {
            return await PartCall.RunAsync(place, () => CallAsync(place, prompt, trajectory, cancellationToken), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (Options.OnFailure == VerifierFailure.Unverifiable && e is not OperationCanceledException)
        {
            Interlocked.Increment(ref _failures);
            Interlocked.CompareExchange(ref _firstFailure, e, null);
            return new Judgement(Verdict.Unverifiable, reason: Describe(e));
        }
    }

    /// <summary>The failures since the last call that became verdicts, and the first of them in words.</summary>
    public (int Count, string? First) TakeFailures()
    {
        Exception? first = Interlocked.Exchange(ref _firstFailure, null);
        return (Interlocked.Exchange(ref _failures, 0), first is null ? null : $"{RunFailure.Of(first)} {Describe(first)}");
    }

    private static string Describe(Exception e) => $"{e.GetType().Name}: {Excerpt.Of(e.Message, 300)}";

    private async Task<Judgement> CallAsync(PartPlace place, Prompt prompt, Trajectory trajectory, CancellationToken cancellationToken)
    {
        using CancellationTokenSource stop = new(Timeout.InfiniteTimeSpan, _time);
        using CancellationTokenRegistration link = cancellationToken.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), stop);
        CancellationToken stopped = stop.Token;
        Task<Judgement> work = Task.Run(
            () =>
            {
                if (Options.TimeLimit is { } limit) stop.CancelAfter(limit);     // from here on: it may have waited for a thread before
                return Inner.VerifyAsync(prompt, trajectory, stopped).AsTask();
            },
            stopped);
        try
        {
            return JudgementContract.Required(place, await work.WaitAsync(stopped).ConfigureAwait(false));
        }
        catch (OperationCanceledException e) when (stop.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException(
                $"{place} said nothing within {Options.TimeLimit}{place.At}; raise {nameof(VerificationOptions)}.{nameof(VerificationOptions.TimeLimit)}, or "
                + "let the verifier bound its own work.",
                e);
        }
        finally
        {
            // Nobody waits for one that was left to itself, and what it throws later is nobody's.
            if (!work.IsCompleted)
                _ = work.ContinueWith(
                    static left => _ = left.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        }
    }
}
