
namespace Mel.Core.Tests.Paper;

/// <summary>The bigram policy once more, in float64 and plain loops: what the equations are checked against.</summary>
/// <param name="logits">One row of logits per previous token, [V V].</param>
/// <param name="vocabulary">V.</param>
internal sealed class SlowBigram(double[] logits, int vocabulary)
{
    public double[] Logits { get; } = logits;

    public static SlowBigram Of(float[] logits) => new([.. logits.Select(l => (double)l)], (int)Math.Sqrt(logits.Length));

    /// <summary>log pi(response_t | context, response_&lt;t) for every t.</summary>
    public double[] LogProbs(ReadOnlyMemory<int> context, ReadOnlyMemory<int> response)
    {
        double[] logProbs = new double[response.Length];
        int previous = context.Span[^1];
        for (int t = 0; t < logProbs.Length; t++)
        {
            double sum = 0;
            for (int v = 0; v < vocabulary; v++) sum += Math.Exp(Logits[(previous * vocabulary) + v]);
            int token = response.Span[t];
            logProbs[t] = Logits[(previous * vocabulary) + token] - Math.Log(sum);
            previous = token;
        }

        return logProbs;
    }

    /// <summary>Gradient of a function of the logits by central differences.</summary>
    public double[] Gradient(Func<SlowBigram, double> function)
    {
        const double H = 1e-5;
        double[] gradient = new double[Logits.Length];
        for (int i = 0; i < gradient.Length; i++)
        {
            double[] up = [.. Logits], down = [.. Logits];
            up[i] += H;
            down[i] -= H;
            gradient[i] = (function(new SlowBigram(up, vocabulary)) - function(new SlowBigram(down, vocabulary))) / (2 * H);
        }

        return gradient;
    }

    /// <summary>n of Eq. 7: -(1/|M|) sum_t log pi(M_t | context, M_&lt;t).</summary>
    public double Nll(ReadOnlyMemory<int> context, ReadOnlyMemory<int> written) => -LogProbs(context, written).Average();
}
