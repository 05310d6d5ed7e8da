using System.Numerics;
using Mel.Evaluation;

namespace Mel.Core.Tests.Evaluation;

[TestFixture]
public sealed class MajorityAtKTests
{
    private static readonly int[][] Others = [[], [1], [3], [2, 2], [3, 1, 1], [1, 1, 1, 1], [4, 2, 1]];

    [Test]
    public void Of_SmallCounts_EqualsTheVoteOfEverySubset([ValueSource(nameof(Others))] int[] others, [Values(0, 1, 2, 3)] int correct, [Values(0, 2)] int abstentions)
    {
        // Attempt i gives answer answers[i]: 0 is correct, -1 no answer.
        int[] answers = [.. Enumerable.Repeat(0, correct), .. others.SelectMany((votes, i) => Enumerable.Repeat(i + 1, votes)), .. Enumerable.Repeat(-1, abstentions)];
        for (int k = 1; k <= answers.Length; k++)
        {
            double sum = 0;
            int subsets = 0;
            for (uint subset = 0; subset < 1u << answers.Length; subset++)
            {
                if (BitOperations.PopCount(subset) != k) continue;
                subsets++;
                int[] votes = [.. answers.Where((answer, i) => (subset & (1u << i)) != 0 && answer >= 0)];
                if (votes.Length == 0) continue;
                ILookup<int, int> byAnswer = votes.ToLookup(v => v);
                int most = byAnswer.Max(g => g.Count());
                int[] winners = [.. byAnswer.Where(g => g.Count() == most).Select(g => g.Key)];
                if (winners.Contains(0)) sum += 1.0 / winners.Length;
            }

            MajorityAtK.Of(correct, others, abstentions, k).Should().BeApproximately(sum / subsets, 1e-12, "k = {0}", k);
        }
    }

    [Test]
    public void Of_Tie_IsSharedAmongTheTied() => MajorityAtK.Of(2, [2, 2, 1], 3, 10).Should().BeApproximately(1 / 3.0, 1e-14);

    [Test]
    public void Of_NobodyVotes_IsZero() => MajorityAtK.Of(0, [], 4, 2).Should().Be(0);

    [Test]
    public void Of_OneAttempt_IsTheShareOfCorrectOnes() => MajorityAtK.Of(30, [25, 20, 5], 20, 1).Should().BeApproximately(0.3, 1e-12);

    [Test]
    public void Of_ManyAttempts_IsAProbability() => MajorityAtK.Of(300, [250, 200, 50], 200, 501).Should().BeInRange(0.95, 1);

    [TestCase(1, 1, 0, 3)]
    [TestCase(1, 1, 0, 0)]
    [TestCase(-1, 1, 2, 1)]
    [TestCase(1, -1, 2, 1)]
    [TestCase(1, 1, -1, 1)]
    public void Of_ImpossibleCounts_AreRefused(int correct, int other, int abstentions, int k)
        => FluentActions.Invoking(() => MajorityAtK.Of(correct, [other], abstentions, k)).Should().Throw<ArgumentOutOfRangeException>();
}
