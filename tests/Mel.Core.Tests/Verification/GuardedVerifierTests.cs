using System.Diagnostics;
using Mel.Diagnostics;
using Mel.Prompts;
using Mel.Rewards;
using Mel.Rollouts;
using Mel.Testing;
using Mel.Verification;
using Microsoft.Extensions.Options;

namespace Mel.Core.Tests.Verification;

[TestFixture]
public sealed class GuardedVerifierTests
{
    private static readonly Prompt Question = new("q1", "why", "because");

    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(100), Patience = TimeSpan.FromSeconds(30);

    [TestCase(true)]
    [TestCase(false)]
    public async Task Sample_VerifierThatHangs_DoesNotKeepACanceledRunWaiting(bool blocks)
    {
        using ManualResetEventSlim never = new();
        using CancellationTokenSource stop = new();
        TaskCompletionSource begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Task sampling = SampleAsync(new Hanging(never, blocks, begun), 2, null, stop.Token);
        await begun.Task.WaitAsync(Patience);

        await stop.CancelAsync();

        await sampling.Awaiting(s => s.WaitAsync(Patience)).Should().ThrowAsync<OperationCanceledException>();
        never.Set();
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task Sample_VerifierBeyondTheTimeLimit_IsATimeoutThatNamesIt(bool blocks)
    {
        using ManualResetEventSlim never = new();

        Exception e = (await FluentActions.Awaiting(() => SampleAsync(new Hanging(never, blocks), 1, new() { TimeLimit = Soon }).WaitAsync(Patience))
            .Should().ThrowAsync<TimeoutException>()).Which;

        e.Message.Should().StartWith("The verifier Hanging said nothing within 00:00:00.1000000 at prompt 'q1', trajectory 0;");
        RunFailure.Of(e).Should().Be("The verifier Hanging failed at prompt 'q1', trajectory 0.");
        never.Set();
    }

    [Test]
    public async Task Sample_FailuresThatAreVerdicts_AreUnverifiableWithTheReason()
    {
        int n = 0;
        IVerifier every = Verifier.From((Prompt _, Trajectory _) => Interlocked.Increment(ref n) % 2 == 0 ? throw new HttpRequestException("502 Bad Gateway") : Verdict.Correct);

        RolloutGroup group = (await SampleAsync(every, 4, new() { OnFailure = VerifierFailure.Unverifiable })).Groups[0];

        group.Verdicts.Count(v => v == Verdict.Correct).Should().Be(2);
        group.Judgements.Where(j => j.Verdict == Verdict.Unverifiable).Select(j => j.Reason).Should().Equal(
            "HttpRequestException: 502 Bad Gateway", "HttpRequestException: 502 Bad Gateway");
    }

    [Test]
    public async Task Sample_TimeLimitThatIsAVerdict_LeavesTheOthersTheirs()
    {
        using ManualResetEventSlim never = new();
        Hanging hanging = new(never, blocks: false) { Hangs = t => t.Text == "0" };

        RolloutGroup group = (await SampleAsync(hanging, 3, new() { TimeLimit = Soon, OnFailure = VerifierFailure.Unverifiable }).WaitAsync(Patience)).Groups[0];

        group.Verdicts.Should().Equal(Verdict.Unverifiable, Verdict.Correct, Verdict.Correct);
    }

    [Test]
    public async Task Sample_VerifiersThatWait_OverlapBeyondTheCores()
    {
        Meeting meeting = new(attendees: 64);

        await SampleAsync(meeting, 64, null).WaitAsync(Patience);

        meeting.Peak.Should().Be(64, "that is the default, whatever the machine has");
    }

    [Test]
    public async Task Sample_Parallelism_IsNotExceeded()
    {
        Meeting meeting = new(attendees: 3);

        await SampleAsync(meeting, 12, new() { Parallelism = 3 }).WaitAsync(Patience);

        meeting.Peak.Should().Be(3);
    }

    [Test]
    public async Task Sample_TimeLimit_BeginsWithTheJudgementAndNotInTheQueue()
    {
        // 12 x 60 ms one after another is longer than the limit of each.
        IVerifier slow = Verifier.From((Prompt _, Trajectory _) =>
        {
            long start = Stopwatch.GetTimestamp();
            while (Stopwatch.GetElapsedTime(start) < TimeSpan.FromMilliseconds(60)) Thread.SpinWait(100);
            return Verdict.Correct;
        });

        (await SampleAsync(slow, 12, new() { TimeLimit = TimeSpan.FromMilliseconds(600), Parallelism = 1 })).Groups[0].Verdicts.Should().OnlyContain(v => v == Verdict.Correct);
    }

    [Test]
    public async Task Sample_CancellationOfTheVerifiersOwn_IsATimeout()
    {
        TaskCanceledException own = new("HttpClient.Timeout of 10 seconds elapsing", new TimeoutException());
        IVerifier remote = Verifier.From((Prompt _, Trajectory _) => throw own);

        (await FluentActions.Awaiting(() => SampleAsync(remote, 1, null)).Should().ThrowAsync<TimeoutException>()).Which.InnerException.Should().BeSameAs(own);
    }

    [Test]
    public async Task Sample_ExceptionOfTheVerifier_IsTheVeryObjectWithItsPlace()
    {
        HttpRequestException cause = new("502");

        HttpRequestException seen = (await FluentActions.Awaiting(() => SampleAsync(Verifier.From((Prompt _, Trajectory t) => t.Text == "1" ? throw cause : Verdict.Correct), 2, null))
            .Should().ThrowAsync<HttpRequestException>()).Which;

        seen.Should().BeSameAs(cause);
        RunFailure.Of(seen).Should().Be("The verifier FunctionVerifier failed at prompt 'q1', trajectory 1.");
    }

    [Test]
    public async Task Sample_VerdictThatThereIsNot_IsRefused()
        => await FluentActions.Awaiting(() => SampleAsync(Verifier.From((Prompt _, Trajectory _) => (Verdict)99), 1, null)).Should().ThrowAsync<PartResultException>()
            .WithMessage("The verifier FunctionVerifier gave the verdict 99 at prompt 'q1', trajectory 0; Verdict has no such member.");

    [TestCase(double.PositiveInfinity, 1)]
    [TestCase(0.5, double.NaN)]
    public async Task Sample_InfiniteReward_IsRefused(double value, double weight)
        => await FluentActions.Awaiting(() => SampleAsync(
                Verifier.From((Prompt _, Trajectory _) => new Judgement(Verdict.Correct) { Parts = [new RewardPart("form", value, weight)] }), 1, null))
            .Should().ThrowAsync<PartResultException>().WithMessage("The verifier FunctionVerifier gave the reward 'form' = * at prompt 'q1', trajectory 0;*");

    [Test]
    public async Task Sample_NaNReward_SaysThatNothingCouldBeJudged()
        => (await SampleAsync(Verifier.From((Prompt _, Trajectory _) => new Judgement(Verdict.Correct) { Parts = [new RewardPart("form", double.NaN, 1)] }), 1, null))
            .Groups[0].Rewards.Should().Equal(double.NaN);

    [Test]
    public async Task Weighted_ExceptionOfOneReward_NamesItsVerifier()
    {
        WeightedVerifier verifier = new(new WeightedReward("right", new ExactAnswerVerifier()), new WeightedReward("form", new Throws()));

        Exception e = (await FluentActions.Awaiting(() => SampleAsync(verifier, 1, null)).Should().ThrowAsync<FormatException>()).Which;

        RunFailure.Of(e).Should().Be("The verifier Throws failed at prompt 'q1'.");
    }

    [Test]
    public void Options_OutOfRange_AreRefusedWithReasons()
        => FluentActions.Invoking(() => new VerifiedRollouts(
                new ScriptedSampler((_, _) => ""), new ExactAnswerVerifier(), null, new() { TimeLimit = TimeSpan.Zero, Parallelism = 0, OnFailure = (VerifierFailure)7 }))
            .Should().Throw<OptionsValidationException>().Which.Failures.Should().BeEquivalentTo(
                "Property TimeLimit: must be greater than 0 and at most 49 days, got 00:00:00; null sets no limit",
                "Property Parallelism: must be at least 1, got 0",
                "Property OnFailure: must be one of Stop, Unverifiable, got 7");

    private static Task<VerifiedSample> SampleAsync(IVerifier verifier, int count, VerificationOptions? options, CancellationToken cancellationToken = default)
    {
        VerifiedRollouts rollouts = new(new ScriptedSampler((_, i) => $"{i}"), verifier, null, options);
        return rollouts.SampleAsync([rollouts.Request(Question, count, 0)], new(), cancellationToken);
    }

    /// <summary>Never says anything, and does not look at its token.</summary>
    private sealed class Hanging(ManualResetEventSlim never, bool blocks, TaskCompletionSource? begun = null) : IVerifier
    {
        public Func<Trajectory, bool> Hangs { get; init; } = _ => true;

        public async ValueTask<Judgement> VerifyAsync(Prompt prompt, Trajectory trajectory, CancellationToken cancellationToken = default)
        {
            begun?.TrySetResult();
            if (!Hangs(trajectory)) return Verdict.Correct;
            if (blocks) never.Wait(CancellationToken.None);
            else await Task.Delay(Timeout.Infinite, CancellationToken.None);
            return Verdict.Correct;
        }
    }

    /// <summary>Says something when enough others are there.</summary>
    private sealed class Meeting(int attendees) : IVerifier
    {
        private readonly Lock _gate = new();
        private TaskCompletionSource _full = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _now;

        public int Peak { get; private set; }

        public async ValueTask<Judgement> VerifyAsync(Prompt prompt, Trajectory trajectory, CancellationToken cancellationToken = default)
        {
            Task full;
            lock (_gate)
            {
                full = _full.Task;
                Peak = Math.Max(Peak, ++_now);
                if (_now == attendees)
                {
                    _full.SetResult();
                    (_full, _now) = (new(TaskCreationOptions.RunContinuationsAsynchronously), 0);
                }
            }

            await full;
            return Verdict.Correct;
        }
    }

    private sealed class Throws : IVerifier
    {
        public ValueTask<Judgement> VerifyAsync(Prompt prompt, Trajectory trajectory, CancellationToken cancellationToken = default) => throw new FormatException("no form");
    }
}
