namespace Mel.Memory;

/// <summary>How alike two texts are: the cosine of the weighted sums of their words' vectors.</summary>
/// <param name="vectorOf">The vector of a word; where null, every word has a direction of its own.</param>
internal sealed class WordWeights(Func<string, float[]>? vectorOf)
{
    /// <summary>The cosine of two texts.</summary>
    /// <param name="a">The words of one.</param>
    /// <param name="b">The words of the other.</param>
    /// <param name="weightOf">The weight of a word.</param>
    public double Cosine(string[] a, string[] b, Func<string, double> weightOf)
        => vectorOf is null ? OfWords(a, b, weightOf) : OfVectors(Sum(a, weightOf), Sum(b, weightOf));

    private static double OfWords(string[] a, string[] b, Func<string, double> weightOf)
    {
        double product = 0, normA = 0, normB = 0;
        foreach (IGrouping<string, string> word in a.GroupBy(w => w, StringComparer.Ordinal))
        {
            (double weight, int here, int there) = (weightOf(word.Key), word.Count(), b.Count(w => w == word.Key));
            product += weight * weight * here * there;
            normA += weight * weight * here * here;
        }

        foreach (IGrouping<string, string> word in b.GroupBy(w => w, StringComparer.Ordinal)) normB += Math.Pow(weightOf(word.Key) * word.Count(), 2);
        return normA > 0 && normB > 0 ? product / Math.Sqrt(normA * normB) : 0;
    }

    private static double OfVectors(double[] a, double[] b)
    {
        double product = 0, normA = 0, normB = 0;
        for (int i = 0; i < Math.Min(a.Length, b.Length); i++)
        {
            product += a[i] * b[i];
            normA += a[i] * a[i];
            normB += b[i] * b[i];
        }

        return normA > 0 && normB > 0 ? product / Math.Sqrt(normA * normB) : 0;
    }

    private double[] Sum(string[] words, Func<string, double> weightOf)
    {
        double[] sum = [];
        foreach (string word in words)
        {
            (float[] vector, double weight) = (vectorOf!(word), weightOf(word));
            if (sum.Length == 0) sum = new double[vector.Length];
            for (int i = 0; i < Math.Min(sum.Length, vector.Length); i++) sum[i] += weight * vector[i];
        }

        return sum;
    }
}
