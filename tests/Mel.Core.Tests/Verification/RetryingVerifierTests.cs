using Mel.Diagnostics;
using Mel.Prompts;
using Mel.Rollouts;
using Mel.Testing;
using Mel.Verification;
using Microsoft.Extensions.Options;

namespace Mel.Core.Tests.Verification;

[TestFixture]
public sealed class RetryingVerifierTests
{
    private static readonly RetryingVerifierOptions AtOnce = new() { Delay = TimeSpan.Zero };

    [Test]
    public async Task Verify_FailsTwice_IsAskedAThirdTime()
    {
        Failing inner = new(2, () => new HttpRequestException("502"));

        (await JudgeAsync(new RetryingVerifier(inner, AtOnce))).Verdict.Should().Be(Verdict.Correct);

        inner.Calls.Should().Be(3);
    }

    [Test]
    public async Task Verify_FailsToTheLast_ThrowsWhatTheLastThrew()
    {
        int n = 0;
        Failing inner = new(9, () => new HttpRequestException($"failure {++n}"));

        Exception e = (await FluentActions.Awaiting(() => JudgeAsync(new RetryingVerifier(inner, AtOnce))).Should().ThrowAsync<HttpRequestException>().WithMessage("failure 3")).Which;

        RunFailure.Of(e).Should().Be("The verifier Failing failed at prompt 'q'.");
    }

    [Test]
    public async Task Verify_CancellationOfItsOwn_IsAFailureLikeOthers()
    {
        Failing inner = new(1, () => new TaskCanceledException("HttpClient.Timeout"));
        (await JudgeAsync(new RetryingVerifier(inner, AtOnce))).Verdict.Should().Be(Verdict.Correct);

        await FluentActions.Awaiting(() => JudgeAsync(new RetryingVerifier(new Failing(9, () => new TaskCanceledException()), AtOnce))).Should().ThrowAsync<TimeoutException>();
    }

    [Test]
    public async Task Verify_CanceledByTheCaller_IsNotTriedAgain()
    {
        using CancellationTokenSource stop = new();
        Failing inner = new(9, () =>
        {
            stop.Cancel();
            return new OperationCanceledException(stop.Token);
        });

        await FluentActions.Awaiting(() => JudgeAsync(new RetryingVerifier(inner, AtOnce), stop.Token)).Should().ThrowAsync<OperationCanceledException>();

        inner.Calls.Should().Be(1);
    }

    [Test]
    public async Task Verify_ExceptionThatIsNotWorthIt_IsNotTriedAgain()
    {
        Failing inner = new(9, () => new FormatException());

        await FluentActions.Awaiting(() => JudgeAsync(new RetryingVerifier(inner, new() { Delay = TimeSpan.Zero, ShouldRetry = e => e is HttpRequestException })))
            .Should().ThrowAsync<FormatException>();

        inner.Calls.Should().Be(1);
    }

    [Test]
    public async Task Verify_DelayGrowsByItsFactor()
    {
        Waits time = new();

        await JudgeAsync(new RetryingVerifier(new Failing(3, () => new HttpRequestException()), new() { Attempts = 4, Delay = TimeSpan.FromSeconds(1), DelayFactor = 3 }, time));

        time.Delays.Should().Equal(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(9));
    }

    [Test]
    public void Options_OutOfRange_AreRefusedWithReasons()
        => FluentActions.Invoking(() => new RetryingVerifier(new ExactAnswerVerifier(), new() { Attempts = 0, Delay = TimeSpan.FromSeconds(-1), DelayFactor = double.NaN }))
            .Should().Throw<OptionsValidationException>().Which.Failures.Should().BeEquivalentTo(
                "Property Attempts: must be at least 1, got 0",
                "Property Delay: must be at least 0 and at most a day, got -00:00:01",
                "Property DelayFactor: must be within [1, 10], got NaN");

    private static Task<Judgement> JudgeAsync(RetryingVerifier verifier, CancellationToken cancellationToken = default)
        => verifier.VerifyAsync(new Prompt("q", "why", "?"), Trajectories.Of("x"), cancellationToken).AsTask();

    private sealed class Failing(int times, Func<Exception> failure) : IVerifier
    {
        public int Calls { get; private set; }

        public ValueTask<Judgement> VerifyAsync(Prompt prompt, Trajectory trajectory, CancellationToken cancellationToken = default)
            => ++Calls <= times ? throw failure() : ValueTask.FromResult<Judgement>(Verdict.Correct);
    }

    /// <summary>A clock on which every delay is over at once.</summary>
    private sealed class Waits : TimeProvider
    {
        public List<TimeSpan> Delays { get; } = [];

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Delays.Add(dueTime);
            return base.CreateTimer(callback, state, TimeSpan.Zero, period);
        }
    }
}
