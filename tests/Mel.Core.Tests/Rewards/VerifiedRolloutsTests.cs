using Mel.Prompts;
using Mel.Rewards;
using Mel.Rollouts;
using Mel.Testing;
using Mel.Verification;
using Microsoft.Extensions.AI;

namespace Mel.Core.Tests.Rewards;

[TestFixture]
public sealed class VerifiedRolloutsTests
{
    private static readonly Prompt[] Questions = [new("1", "one", "1"), new("2", "two", "2"), new("3", "three", "3")];

    [Test]
    public async Task Sample_GroupsAttemptsAndJudgements_KeepTheirOrder()
    {
        string[][] replies = [["1", "x"], ["x", "2", "2"], ["3"]];
        ScriptedSampler sampler = new((message, i) => replies[Array.FindIndex(Questions, q => q.Text == message)][i]);
        VerifiedRollouts rollouts = new(sampler, new DelaysTheFirst(new ExactAnswerVerifier()), new StepClock(TimeSpan.FromSeconds(1)));
        SamplingOptions options = new() { MaxTokens = 5 };

        VerifiedSample sample = await rollouts.SampleAsync([.. Questions.Select((q, i) => rollouts.Request(q, replies[i].Length, seed: (ulong)i))], options);

        sample.Groups.Select(g => g.Prompt).Should().Equal(Questions);
        sample.Groups.SelectMany(g => g.Trajectories).Select(t => t.Text).Should().Equal("1", "x", "x", "2", "2", "3");
        sample.Groups.SelectMany(g => g.Rewards).Should().Equal(1, 0, 0, 1, 1, 1);
        sample.Groups.Should().OnlyContain(g => g.Sampling == options);
        sample.Groups.Select(g => ScriptedSampler.MessageOf(g.PromptTokenIds)).Should().Equal("one", "two", "three");
        sampler.Calls.Should().ContainSingle().Which.Requests.Select(r => (r.Count, r.Seed)).Should().Equal((2, 0UL), (3, 1UL), (1, 2UL));
        (sample.Tokens, sample.SampleDuration, sample.VerifyDuration).Should().Be((12, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1)));
    }

    [Test]
    public async Task Sample_AttemptsAreJudgedSideBySide()
    {
        if (Environment.ProcessorCount < 2) Assert.Ignore("One core judges one attempt at a time.");
        WaitsForASecond verifier = new();
        VerifiedRollouts rollouts = new(new ScriptedSampler((_, _) => "1"), verifier);

        await rollouts.SampleAsync([rollouts.Request(Questions[0], 2, 0)], new()).WaitAsync(TimeSpan.FromSeconds(60));

        verifier.Judged.Should().Be(2);
    }

    [Test]
    public void Request_PromptThatLeavesNoRoom_IsRefused()
    {
        VerifiedRollouts rollouts = new(new ScriptedSampler((_, _) => "1") { ContextTokens = 5 }, new ExactAnswerVerifier());

        rollouts.Request(Questions[0], 1, 0).ContextTokenIds.Length.Should().Be(3);
        rollouts.Invoking(r => r.Request(Questions[2], 1, 0)).Should().Throw<PromptTooLongException>()
            .WithMessage("The prompt '3' has 5 tokens, but the context of the model is 5 tokens*");
    }

    [Test]
    public void Request_SeveralTurns_AreEncodedTogether()
    {
        VerifiedRollouts rollouts = new(new ScriptedSampler((_, _) => "1"), new ExactAnswerVerifier());
        Prompt turns = new("t", "ignored", "?") { Messages = [new(ChatRole.System, "be brief. "), new(ChatRole.User, "why?")] };

        ScriptedSampler.MessageOf(rollouts.Request(turns, 1, 0).ContextTokenIds).Should().Be("be brief. why?");
    }

    [Test]
    public async Task Sample_CanceledWhileJudging_LetsTheExceptionThrough()
    {
        using CancellationTokenSource stop = new();
        VerifiedRollouts rollouts = new(new ScriptedSampler((_, _) => "1"), Verifier.From((_, _) =>
        {
            stop.Cancel();
            return Verdict.Correct;
        }));

        await FluentActions.Awaiting(() => rollouts.SampleAsync([rollouts.Request(Questions[0], 100, 0)], new(), stop.Token))
            .Should().ThrowAsync<OperationCanceledException>();
    }

    [Test]
    public async Task Sample_VerifierThatThrows_IsNotSwallowed()
    {
        VerifiedRollouts rollouts = new(new ScriptedSampler((_, _) => "1"),
            Verifier.From((Prompt _, Trajectory _) => throw new TimeoutException("judge is away")));

        await FluentActions.Awaiting(() => rollouts.SampleAsync([rollouts.Request(Questions[0], 1, 0)], new())).Should().ThrowAsync<TimeoutException>()
            .WithMessage("judge is away");
    }

    /// <summary>Judges the first attempt last.</summary>
    private sealed class DelaysTheFirst(IVerifier inner) : DelegatingVerifier(inner)
    {
        private int _calls;

        public override async ValueTask<Judgement> VerifyAsync(Prompt prompt, Trajectory trajectory, CancellationToken cancellationToken = default)
        {
            if (Interlocked.Increment(ref _calls) == 1) await Task.Delay(50, cancellationToken);
            return await base.VerifyAsync(prompt, trajectory, cancellationToken);
        }
    }

    /// <summary>Says nothing about an attempt before it has another one at hand.</summary>
    private sealed class WaitsForASecond : IVerifier
    {
        private readonly TaskCompletionSource _second = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _judged;

        public int Judged => _judged;

        public async ValueTask<Judgement> VerifyAsync(Prompt prompt, Trajectory trajectory, CancellationToken cancellationToken = default)
        {
            if (Interlocked.Increment(ref _judged) == 2) _second.SetResult();
            await _second.Task.WaitAsync(cancellationToken);
            return Verdict.Correct;
        }
    }
}
