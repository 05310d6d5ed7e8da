using Mel.Experiences;
using Mel.Memory;
using Mel.Rollouts;
using Microsoft.Extensions.Options;

namespace Mel.Core.Tests.Memory;

[TestFixture]
public sealed class ExperienceMemoryTests
{
    [Test]
    public void Consensus_NeedsTwoVotesAndSixtyPercent()
    {
        ExperienceMemory memory = new();
        Vote(memory, "sum", "add");
        memory.Consensus("sum").Should().BeNull("one vote is an opinion");
        Vote(memory, "sum", "add");
        memory.Consensus("sum").Should().Be("add");
        Vote(memory, "sum", "carry");
        memory.Consensus("sum").Should().Be("add", "2 of 3 are .67");
        Vote(memory, "sum", "carry");
        memory.Consensus("sum").Should().BeNull("2 of 4 are .5");
        Vote(memory, "sum", "carry");
        memory.Consensus("sum").Should().Be("carry", "3 of 5 are .6");
        memory.Consensus("product").Should().BeNull("nobody spoke of it");
        (memory.Count, memory.TrustedKeys).Should().Be((1, 1));
    }

    [Test]
    public void Consensus_OtherThresholds_Decide()
    {
        ExperienceMemory memory = new(new() { MinimumVotes = 1, MinimumShare = 0 });
        Vote(memory, "sum", "add");
        Vote(memory, "sum", "carry");
        memory.Consensus("sum").Should().Be("add", "of two with as many votes the first");
        Vote(memory, "sum", "carry", 0.4);
        memory.Consensus("sum").Should().Be("carry");
    }

    [Test]
    public void Keys_BeyondTheirNumber_LeaveByFewestVotesThenAge()
    {
        ExperienceMemory memory = new(new() { MaxKeys = 3 });
        memory.Advance(1);
        Vote(memory, "a", "1");
        Vote(memory, "a", "1");
        Vote(memory, "b", "1");
        memory.Advance(2);
        Vote(memory, "c", "1");

        Vote(memory, "d", "1");
        memory.Snapshot().Select(k => k.Key).Should().Equal("a", "c", "d");
        Vote(memory, "e", "1");
        memory.Snapshot().Select(k => k.Key).Should().Equal("a", "d", "e");
    }

    [Test]
    public void Answers_BeyondTheirNumber_LeaveButTheirVotesCount()
    {
        ExperienceMemory memory = new(new() { MaxAnswers = 2 });
        foreach (string answer in (string[])["x", "x", "y", "z"]) Vote(memory, "k", answer);

        RememberedHeuristic key = memory.Snapshot().Single();
        key.Answers.Should().Equal(new AnswerVotes("x", 2), new AnswerVotes("z", 1));
        key.Votes.Should().Be(4);
        key.Consensus.Should().BeNull("2 of 4 are .5, whoever was forgotten");
    }

    [Test]
    public void Advance_WithDecay_AgesEveryVote()
    {
        ExperienceMemory memory = new(new() { VoteDecay = 0.5, MaxAnswers = 1 });
        memory.Advance(1);
        Vote(memory, "k", "x");
        Vote(memory, "k", "y");
        memory.Advance(3);
        Vote(memory, "k", "y");
        memory.Advance(2);

        RememberedHeuristic key = memory.Snapshot().Single();
        key.Answers.Should().Equal(new AnswerVotes("y", 1.25));
        (key.Votes, key.LastStep, memory.Step).Should().Be((1.5, 3, 3));
    }

    [Test]
    public void Advance_KeyWithoutVotesForLong_IsForgotten()
    {
        ExperienceMemory memory = new(new() { ForgetAfterSteps = 5 });
        memory.Advance(1);
        Vote(memory, "old", "x");
        memory.Advance(4);
        Vote(memory, "new", "x");
        memory.Advance(6);
        memory.Count.Should().Be(2);
        memory.Advance(7);
        memory.Snapshot().Single().Key.Should().Be("new");
    }

    [Test]
    public void Rehearse_FadingKey_WeighsHalfAfterEveryHalfLife_AndThenNothing()
    {
        ExperienceMemory memory = new(new() { FadeHalfLife = 2 });
        memory.Advance(1);
        Twice(memory, "old");
        memory.Advance(3);
        Twice(memory, "new");
        memory.Rehearse().Select(r => r.Weight).Should().Equal(0.5, 1);
        memory.Advance(15);
        memory.Rehearse().Select(r => r.Weight).Should().Equal([1 / 64.0], "2^-7 is below a hundredth");
    }

    [Test]
    public void Rehearse_MoreKeysThanAStepHasRoomFor_TakesAllInTurn()
    {
        ExperienceMemory memory = new(new() { RehearsalsPerStep = 2 });
        foreach (string key in (string[])["a", "b", "c", "d", "e"]) Twice(memory, key);
        Vote(memory, "f", "once");
        List<int> rehearsed = [];
        for (int step = 1; step <= 5; step++)
        {
            memory.Advance(step);
            rehearsed.AddRange(memory.Rehearse().Select(r => r.Sequence.Context.Span[0]));
        }

        // Step s begins at key 2 s mod 5.
        rehearsed.Select(id => (char)id).Should().Equal('c', 'd', 'e', 'a', 'b', 'c', 'd', 'e', 'a', 'b');
    }

    [Test]
    public void Rehearse_SeveralWordings_TakesTheNewestInTurn()
    {
        ExperienceMemory memory = new(new() { MaxWordings = 2 });
        foreach (int wording in (int[])[1, 2, 2, 3]) memory.Vote(new HeuristicClaim("k", "x"), new TokenSequence(new[] { 7 }, new[] { wording }));
        List<int> rehearsed = [];
        for (int step = 1; step <= 3; step++)
        {
            memory.Advance(step);
            rehearsed.Add(memory.Rehearse().Single().Sequence.Response.Span[0]);
        }

        rehearsed.Should().Equal(3, 2, 3);
    }

    [Test]
    public void Forget_AKey_LeavesTheOthers()
    {
        ExperienceMemory memory = new();
        Twice(memory, "a");
        Twice(memory, "b");
        memory.Forget("a").Should().BeTrue();
        memory.Forget("a").Should().BeFalse();
        memory.Snapshot().Single().Key.Should().Be("b");
        memory.Clear();
        memory.Count.Should().Be(0);
    }

    [Test]
    public void State_RestoredInAnotherMemory_GoesOnBitForBit()
    {
        ExperienceMemoryOptions options = new() { VoteDecay = 0.9, MaxAnswers = 2, FadeHalfLife = 3 };
        ExperienceMemory memory = new(options), other = new(options);
        Fill(memory, 1, 12);
        other.LoadState(memory.SaveState());
        other.SaveState().ToArray().Should().Equal(memory.SaveState().ToArray());
        Fill(memory, 13, 20);
        Fill(other, 13, 20);

        other.SaveState().ToArray().Should().Equal(memory.SaveState().ToArray());
        other.Snapshot().Should().BeEquivalentTo(memory.Snapshot(), o => o.WithStrictOrdering());
        other.Rehearse().Should().BeEquivalentTo(memory.Rehearse(), o => o.WithStrictOrdering());

        static void Fill(ExperienceMemory memory, int from, int to)
        {
            for (int step = from; step <= to; step++)
            {
                memory.Advance(step);
                for (int i = 0; i < 5; i++) Vote(memory, $"key {step * i % 7}\ud800", $"answer {(step + i) % 3}", 0.1 + i);
            }
        }
    }

    [Test]
    public void State_DamagedAnywhere_IsRefusedAndNeverHalfRead()
    {
        ExperienceMemory memory = new();
        Twice(memory, "a");
        Twice(memory, "b");
        byte[] state = memory.SaveState().ToArray();
        for (int length = 0; length < state.Length; length++) Refused(state[..length]);
        Refused([.. state, 0]);
        for (int at = 0; at < state.Length; at++)
        {
            byte[] damaged = [.. state];
            damaged[at] ^= 0x80;
            ExperienceMemory target = new();
            try
            {
                target.LoadState(damaged);
            }
            catch (FormatException)
            {
                target.Count.Should().Be(0);
            }
        }

        static void Refused(byte[] bytes)
            => FluentActions.Invoking(() => new ExperienceMemory().LoadState(bytes)).Should().Throw<FormatException>().WithMessage("The state*");
    }

    [Test]
    public void State_OfALargerMemory_IsRefused()
    {
        ExperienceMemory memory = new();
        Twice(memory, "a");
        Twice(memory, "b");
        FluentActions.Invoking(() => new ExperienceMemory(new() { MaxKeys = 1 }).LoadState(memory.SaveState())).Should().Throw<FormatException>()
            .WithMessage("The state cannot be read: a number of keys, which MaxKeys bounds, is 2; 0 to 1 is expected.");
    }

    [Test]
    public void Options_OutOfRange_AreNamed()
    {
        ExperienceMemoryOptions options = new()
        {
            Weight = -1, MinimumVotes = 0, MinimumShare = 2, FailedReplayVotes = -1, MaxKeys = 0, MaxAnswers = 0, MaxWordings = 0, RehearsalsPerStep = -1,
            VoteDecay = 0, FadeHalfLife = 0, ForgetAfterSteps = 0, Scaling = (Mel.Objectives.TermScalingKind)9,
        };
        FluentActions.Invoking(() => new ExperienceMemory(options)).Should().Throw<OptionsValidationException>().Which.Failures.Should().HaveCount(12);
    }

    private static void Twice(ExperienceMemory memory, string key)
    {
        Vote(memory, key, "x");
        Vote(memory, key, "x");
    }

    private static void Vote(ExperienceMemory memory, string key, string answer, double votes = 1) => memory.Vote(
        new HeuristicClaim(key, answer), new TokenSequence(key.Select(c => (int)c).ToArray(), answer.Select(c => (int)c).ToArray()), votes);
}
