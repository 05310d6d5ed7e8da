using System.Numerics;
using Mel.Evaluation;

namespace Mel.Core.Tests.Evaluation;

[TestFixture]
public sealed class PassAtKTests
{
    [Test]
    public void Of_EveryCountUpToTen_EqualsTheShareOfSubsetsWithACorrectOne()
    {
        for (int n = 1; n <= 10; n++)
        {
            for (int c = 0; c <= n; c++)
            {
                for (int k = 1; k <= n; k++)
                {
                    int correct = (1 << c) - 1;
                    uint[] subsets = [.. Enumerable.Range(0, 1 << n).Select(s => (uint)s).Where(s => BitOperations.PopCount(s) == k)];
                    double expected = (double)subsets.Count(s => (s & correct) != 0) / subsets.Length;
                    PassAtK.Of(n, c, k).Should().BeApproximately(expected, 1e-14, "n = {0}, c = {1}, k = {2}", n, c, k);
                }
            }
        }
    }

    [TestCase(100_000, 3, 50_000)]
    [TestCase(100_000, 40_000, 7)]
    [TestCase(5_000, 2_500, 2_500)]
    public void Of_ManyAttempts_DoesNotOverflow(int n, int c, int k)
    {
        // C(n - c, k) / C(n, k) in exact integers, factor by factor of the shorter product.
        (int few, int rest) = c < k ? (c, k) : (k, c);
        BigInteger above = BigInteger.One, below = BigInteger.One;
        for (int i = 0; i < few && n - rest - i > 0; i++) (above, below) = (above * (n - rest - i), below * (n - i));
        double none = Math.Exp(BigInteger.Log(above) - BigInteger.Log(below));

        PassAtK.Of(n, c, k).Should().BeApproximately(1 - none, 1e-9);
    }

    [TestCase(0, 0, 1)]
    [TestCase(4, 5, 1)]
    [TestCase(4, -1, 1)]
    [TestCase(4, 1, 0)]
    [TestCase(4, 1, 5)]
    public void Of_ImpossibleCounts_AreRefused(int n, int c, int k)
        => FluentActions.Invoking(() => PassAtK.Of(n, c, k)).Should().Throw<ArgumentOutOfRangeException>();
}
