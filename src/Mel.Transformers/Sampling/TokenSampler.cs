using System.Numerics;
using System.Runtime.InteropServices;
using Mel.Rollouts;
using Mel.Transformers.Kernels;
using Microsoft.Extensions.Options;

namespace Mel.Transformers.Sampling;

/// <summary>
/// Draws one token from a row of logits: temperature, top-k, top-p, min-p in the order of Hugging Face, then one uniform number against the running sum of
/// what is left. Keeps its buffers; one instance serves one thread.
/// </summary>
internal sealed class TokenSampler
{
    // Weights are summed per block first, so that the scan for the drawn token passes over one block only.
    private const int BlockSize = 128;

    private readonly SamplingOptions _options;
    private readonly float[] _weights;
    private readonly double[] _blockSums;
    private readonly CandidateFilter? _filter;

    /// <exception cref="OptionsValidationException">An option breaks a rule.</exception>
    public TokenSampler(int vocabulary, SamplingOptions options)
    {
        _options = options = options.Checked();
        _weights = new float[vocabulary];
        _blockSums = new double[(vocabulary + BlockSize - 1) / BlockSize];
        if (options.Temperature > 0 && (options.TopK > 0 || options.TopP < 1 || options.MinP > 0)) _filter = new CandidateFilter(vocabulary, options);
    }

    /// <summary>Draws a token.</summary>
    /// <param name="logits">[V].</param>
    /// <param name="uniform">A number in [0, 1).</param>
    /// <returns>The token and its natural log-probability under the distribution it was drawn from; of a greedy token under the unchanged model.</returns>
    /// <exception cref="InvalidOperationException">The logits hold no finite number to draw from.</exception>
    public (int Token, float LogProb) Sample(ReadOnlySpan<float> logits, double uniform)
    {
        if (_filter is not null) return _filter.Sample(logits, uniform);
        float inverse = _options.Temperature > 0 ? (float)(1 / _options.Temperature) : 1f;
        float max = Max(logits);
        double total = Weights(logits, max, inverse);
        if (!double.IsFinite(total) || !float.IsFinite(max))
            throw new InvalidOperationException(
                "The logits of a token are not finite; the model's weights have diverged. Lower the learning rate or clip the gradients.");
        int token = _options.Temperature > 0 ? Find(uniform * total) : logits.IndexOf(max);
        return (token, (float)((logits[token] - max) * (double)inverse - Math.Log(total)));
    }

    private static float Max(ReadOnlySpan<float> values)
    {
        float max = float.NegativeInfinity;
        ReadOnlySpan<Vector<float>> vectors = MemoryMarshal.Cast<float, Vector<float>>(values);
        if (vectors.Length > 0)
        {
            Vector<float> best = vectors[0];
            foreach (Vector<float> v in vectors[1..]) best = Vector.Max(best, v);
            for (int i = 0; i < Vector<float>.Count; i++) max = Math.Max(max, best[i]);
        }

        foreach (float value in values[(vectors.Length * Vector<float>.Count)..]) max = Math.Max(max, value);
        return max;
    }

    // weights = exp((logits - max) / T), block by block; returns their sum.
    private double Weights(ReadOnlySpan<float> logits, float max, float inverse)
    {
        double total = 0;
        var shift = new Vector<float>(max);
        var factor = new Vector<float>(inverse);
        for (int block = 0; block < _blockSums.Length; block++)
        {
            int start = block * BlockSize, length = Math.Min(BlockSize, logits.Length - start);
            ReadOnlySpan<float> from = logits.Slice(start, length);
            Span<float> to = _weights.AsSpan(start, length);
            ReadOnlySpan<Vector<float>> source = MemoryMarshal.Cast<float, Vector<float>>(from);
            Span<Vector<float>> target = MemoryMarshal.Cast<float, Vector<float>>(to);
            Vector<float> sums = default;
            for (int i = 0; i < source.Length; i++) sums += target[i] = Simd.Exp((source[i] - shift) * factor);
            double sum = Vector.Sum(sums);
            for (int i = source.Length * Vector<float>.Count; i < length; i++) sum += to[i] = MathF.Exp((from[i] - max) * inverse);
            _blockSums[block] = sum;
            total += sum;
        }

        return total;
    }

    private int Find(double target)
    {
        int block = 0;
        for (; block < _blockSums.Length - 1 && target >= _blockSums[block]; block++) target -= _blockSums[block];
        int start = block * BlockSize, end = Math.Min(start + BlockSize, _weights.Length), last = -1;
        for (int i = start; i < end; i++)
        {
            if (_weights[i] == 0) continue;
            last = i;
            target -= _weights[i];
            if (target < 0) return i;
        }

        // Rounding can leave a rest at the end: the last token with any weight takes it.
        return last >= 0 ? last : Array.FindLastIndex(_weights, w => w > 0);
    }
}
