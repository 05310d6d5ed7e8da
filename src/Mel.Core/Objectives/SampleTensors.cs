using Mel.Rollouts;
using static TorchSharp.torch;

namespace Mel.Objectives;

/// <summary>The numbers that trajectories carry, as tensors of shape [B, T] on the device of the scores. Padding is 0.</summary>
/// <param name="OldLogProbs">log pi_old: the denominator of the importance ratio.</param>
/// <param name="SamplerLogProbs">log pi as the sampler recorded it; null where it is the same number as log pi_old and nobody asks for it.</param>
/// <param name="Advantages">Advantage of each token.</param>
/// <param name="Mask">True on tokens that may be learned from.</param>
/// <param name="ReferenceLogProbs">log pi_ref of the reference policy; null where nobody asks for it.</param>
internal sealed record SampleTensors(Tensor OldLogProbs, Tensor? SamplerLogProbs, Tensor Advantages, Tensor Mask, Tensor? ReferenceLogProbs)
{
    public static SampleTensors Of(IReadOnlyList<TrainingSample> samples, Tensor logProbs, bool withReference, bool withSampler)
    {
        long rows = logProbs.size(0), columns = logProbs.size(1);
        float[] old = new float[rows * columns], advantages = new float[rows * columns];
        float[]? reference = withReference ? new float[rows * columns] : null;
        float[]? sampler = withSampler || samples.Any(s => !s.Trajectory.PolicyLogProbs.IsEmpty) ? new float[rows * columns] : null;
        bool[] mask = new bool[rows * columns];
        for (int i = 0; i < samples.Count; i++)
        {
            Trajectory trajectory = samples[i].Trajectory;
            int offset = checked((int)(i * columns)), length = trajectory.TokenIds.Length;
            trajectory.OldLogProbs.Span.CopyTo(old.AsSpan(offset));
            if (sampler is not null) trajectory.LogProbs.Span.CopyTo(sampler.AsSpan(offset));
            if (trajectory.Mask.IsEmpty) mask.AsSpan(offset, length).Fill(true);
            else trajectory.Mask.Span.CopyTo(mask.AsSpan(offset));
            for (int t = 0; t < length; t++) advantages[offset + t] = (float)samples[i].Advantage[t];
            if (reference is null) continue;
            if (trajectory.ReferenceLogProbs.Length != length)
            {
                throw new InvalidOperationException(
                    $"A trajectory of {length} tokens has {trajectory.ReferenceLogProbs.Length} reference log-probabilities; "
                    + "a divergence term needs one per token. Give the trainer a reference policy.");
            }
            trajectory.ReferenceLogProbs.Span.CopyTo(reference.AsSpan(offset));
        }

        Tensor On(Array values) => (values is bool[] b ? tensor(b) : tensor((float[])values)).view(rows, columns).to(logProbs.device);
        return new SampleTensors(On(old), sampler is null ? null : On(sampler), On(advantages), On(mask), reference is null ? null : On(reference));
    }
}
