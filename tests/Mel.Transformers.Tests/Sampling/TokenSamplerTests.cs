using Mel.Rollouts;
using Mel.Transformers.Sampling;

namespace Mel.Transformers.Tests.Sampling;

[TestFixture]
public sealed class TokenSamplerTests
{
    [Test]
    public void Sample_ManyDraws_FollowTheDistribution([Values(0.7, 1.0)] double temperature, [Values(0, 5)] int topK)
    {
        float[] logits = [.. Enumerable.Range(0, 300).Select(i => MathF.Sin(i * 1.7f) * 3)];
        var options = new SamplingOptions { Temperature = temperature, TopK = topK };
        var sampler = new TokenSampler(logits.Length, options);
        float least = topK == 0 ? float.NegativeInfinity : logits.OrderDescending().ElementAt(topK - 1);
        double[] weights = [.. logits.Select(l => l >= least ? Math.Exp(l / temperature) : 0)];
        double total = weights.Sum();
        var counts = new int[logits.Length];
        const int draws = 200_000;
        for (int i = 0; i < draws; i++)
        {
            var (token, logProb) = sampler.Sample(logits, new RandomStream(9, i % 7).Uniform(i));
            counts[token]++;
            logProb.Should().BeApproximately((float)Math.Log(weights[token] / total), 1e-5f);
        }

        double chiSquare = weights.Select((w, i) => (Expected: w / total * draws, Count: counts[i])).Where(c => c.Expected > 0)
            .Sum(c => Math.Pow(c.Count - c.Expected, 2) / c.Expected);
        int freedom = weights.Count(w => w > 0) - 1;
        chiSquare.Should().BeLessThan(freedom + (4.5 * Math.Sqrt(2 * freedom)));
        counts.Where((_, i) => weights[i] == 0).Should().NotContain(c => c > 0);
    }

    [Test]
    public void Sample_ExtremeUniforms_StayWithinTokensThatHaveProbability()
    {
        float[] logits = [.. Enumerable.Repeat(float.NegativeInfinity, 400)];
        (logits[3], logits[390]) = (1, 1);
        var sampler = new TokenSampler(logits.Length, new SamplingOptions());
        sampler.Sample(logits, 0).Token.Should().Be(3);
        sampler.Sample(logits, 1 - 1e-16).Token.Should().Be(390);
    }

    [Test]
    public void Sample_NotFinite_Throws([Values(float.NaN, float.PositiveInfinity)] float bad, [Values(0, 2)] int topK)
    {
        float[] logits = [1, bad, 2, 3, 4, 5, 6, 7, 8, 9];
        var sampler = new TokenSampler(logits.Length, new SamplingOptions { TopK = topK });
        sampler.Invoking(s => s.Sample(logits, 0.5)).Should().Throw<InvalidOperationException>().WithMessage("*not finite*");
    }

    [Test]
    public void RandomStream_Numbers_AreUniformAndUncorrelatedBetweenSamples()
    {
        const int count = 20_000;
        double[] a = [.. Enumerable.Range(0, count).Select(i => new RandomStream(5, 0).Uniform(i))], b = [.. Enumerable.Range(0, count)
            .Select(i => new RandomStream(5, 1).Uniform(i))];
        double[] first = [.. Enumerable.Range(0, count).Select(i => new RandomStream((ulong)i, 0).Uniform(0))];
        foreach (double[] numbers in (double[][])[a, b, first])
        {
            numbers.Should().OnlyContain(u => u >= 0 && u < 1);
            numbers.Average().Should().BeApproximately(0.5, 4 * Math.Sqrt(1.0 / 12 / count));
        }

        double correlation = a.Zip(b, (x, y) => (x - 0.5) * (y - 0.5)).Average() * 12;
        correlation.Should().BeApproximately(0, 4 / Math.Sqrt(count));
    }
}
