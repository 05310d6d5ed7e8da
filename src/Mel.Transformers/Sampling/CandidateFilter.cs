using Mel.Rollouts;

namespace Mel.Transformers.Sampling;

/// <summary>
/// The truncating transforms, one after the other. Top-k keeps ties with the k-th logit. Top-p removes the least probable tokens whose sum does not exceed
/// 1 - p. Min-p removes tokens that are less probable than a share of the most probable one. At least one token stays.
/// </summary>
internal sealed class CandidateFilter(int vocabulary, SamplingOptions options)
{
    private readonly int[] _ids = new int[vocabulary];
    private readonly float[] _scores = new float[vocabulary];
    private readonly double[] _weights = new double[vocabulary];
    private readonly float[] _heap = new float[Math.Min(options.TopK, vocabulary)];

    public (int Token, float LogProb) Sample(ReadOnlySpan<float> logits, double uniform)
    {
        int count = Keep(logits);
        double total = 0;
        for (int i = 0; i < count; i++) total += _weights[i];
        double target = uniform * total;
        int pick = 0;
        for (; pick < count - 1 && target >= _weights[pick]; pick++) target -= _weights[pick];
        return (_ids[pick], (float)Math.Log(_weights[pick] / total));
    }

    /// <summary>The tokens that stay and their probabilities, in the order of their ids.</summary>
    public IReadOnlyList<(int Token, double Probability)> Distribution(ReadOnlySpan<float> logits)
    {
        int count = Keep(logits);
        double total = _weights.AsSpan(0, count).ToArray().Sum();
        return [.. Enumerable.Range(0, count).Select(i => (_ids[i], _weights[i] / total))];
    }

    private int Keep(ReadOnlySpan<float> logits)
    {
        float temperature = (float)options.Temperature, max = float.NegativeInfinity;
        float least = options.TopK > 0 && options.TopK < logits.Length ? KthLargest(logits) : float.NegativeInfinity;
        int count = 0;
        for (int i = 0; i < logits.Length; i++)
        {
            if (logits[i] < least || float.IsNegativeInfinity(logits[i])) continue;        // NaN stays, and fails below
            (_ids[count], _scores[count]) = (i, logits[i] / temperature);
            max = Math.Max(max, _scores[count++]);
        }

        if (count == 0 || !float.IsFinite(max))
            throw new InvalidOperationException(
                "The logits of a token are not finite; the model's weights have diverged. Lower the learning rate or clip the gradients.");
        for (int i = 0; i < count; i++) _weights[i] = Math.Exp(_scores[i] - max);
        if (options.TopP < 1) count = TopP(count);
        return options.MinP > 0 ? Compact(count, options.MinP) : count;          // the most probable token has weight 1
    }

    private int TopP(int count)
    {
        double total = 0;
        for (int i = 0; i < count; i++) total += _weights[i];

        // Tokens below (1 - p) / count cannot add up to more than 1 - p: they go without being sorted.
        double tail = (1 - options.TopP) * total, removed = 0;
        double sure = tail / count;
        for (int i = 0; i < count; i++)
        {
            if (_weights[i] < sure) removed += _weights[i];
        }

        count = Compact(count, sure);
        int[] order = new int[count];
        for (int i = 0; i < count; i++) order[i] = i;
        Array.Sort(order, (a, b) => _weights[a] != _weights[b] ? _weights[a].CompareTo(_weights[b]) : a.CompareTo(b));
        int cut = 0;
        while (cut < count - 1 && removed + _weights[order[cut]] <= tail) removed += _weights[order[cut++]];
        for (int i = 0; i < cut; i++) _weights[order[i]] = 0;
        return cut == 0 ? count : Compact(count, double.Epsilon);
    }

    // Keeps the candidates of at least this weight, in their order.
    private int Compact(int count, double least)
    {
        int kept = 0;
        for (int i = 0; i < count; i++)
        {
            if (_weights[i] < least) continue;
            (_ids[kept], _weights[kept]) = (_ids[i], _weights[i]);
            kept++;
        }

        return kept;
    }

    // A heap of the k largest seen so far with the smallest on top.
    private float KthLargest(ReadOnlySpan<float> logits)
    {
        logits[.._heap.Length].CopyTo(_heap);
        for (int i = _heap.Length / 2 - 1; i >= 0; i--) Sink(i);
        foreach (float value in logits[_heap.Length..])
        {
            if (!(value > _heap[0])) continue;
            _heap[0] = value;
            Sink(0);
        }

        return _heap[0];
    }

    private void Sink(int at)
    {
        float value = _heap[at];
        for (int child = 2 * at + 1; child < _heap.Length; child = 2 * at + 1)
        {
            if (child + 1 < _heap.Length && _heap[child + 1] < _heap[child]) child++;
            if (!(_heap[child] < value)) break;
            _heap[at] = _heap[child];
            at = child;
        }

        _heap[at] = value;
    }
}
