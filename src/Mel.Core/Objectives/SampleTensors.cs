using Mel.Rollouts;
using static TorchSharp.torch;

namespace Mel.Objectives;

/// <summary>The managed numbers of a batch as tensors, [B, T], on the device of the scores; padding is 0.</summary>
internal sealed record SampleTensors(Tensor OldLogProbs, Tensor Advantages, Tensor Mask, Tensor? ReferenceLogProbs)
{
    public static SampleTensors Of(IReadOnlyList<TrainingSample> samples, Tensor logProbs, bool withReference)
    {
        long rows = logProbs.size(0), columns = logProbs.size(1);
        float[] old = new float[rows * columns], advantages = new float[rows * columns];
        float[]? reference = withReference ? new float[rows * columns] : null;
        bool[] mask = new bool[rows * columns];
        for (int i = 0; i < samples.Count; i++)
        {
            Trajectory trajectory = samples[i].Trajectory;
            int offset = checked((int)(i * columns)), length = trajectory.TokenIds.Length;
            trajectory.LogProbs.Span.CopyTo(old.AsSpan(offset));
            mask.AsSpan(offset, length).Fill(true);
            for (int t = 0; t < length; t++) advantages[offset + t] = (float)samples[i].Advantage[t];
            if (reference is null) continue;
            if (trajectory.ReferenceLogProbs.Length != length)
                throw new InvalidOperationException($"A trajectory of {length} tokens has {trajectory.ReferenceLogProbs.Length} reference log-probabilities; a divergence term needs one per token. Give the trainer a reference policy.");
            trajectory.ReferenceLogProbs.Span.CopyTo(reference.AsSpan(offset));
        }

        Tensor On(Array values) => (values is bool[] b ? tensor(b) : tensor((float[])values)).view(rows, columns).to(logProbs.device);
        return new SampleTensors(On(old), On(advantages), On(mask), reference is null ? null : On(reference));
    }

    /// <summary>True on the response tokens of each sequence, [B, T].</summary>
    public static Tensor MaskOf(IReadOnlyList<TokenSequence> sequences, Tensor logProbs)
    {
        long rows = logProbs.size(0), columns = logProbs.size(1);
        bool[] mask = new bool[rows * columns];
        for (int i = 0; i < sequences.Count; i++) mask.AsSpan(checked((int)(i * columns)), sequences[i].Response.Length).Fill(true);
        return tensor(mask).view(rows, columns).to(logProbs.device);
    }
}
