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
    /// <summary>log pi as the sampler recorded it; null where it recorded nothing, so that nobody knows how far it is from the policy.</summary>
    public Tensor? Recorded { get; private init; }

    public static SampleTensors Of(IReadOnlyList<TrainingSample> samples, Tensor logProbs, bool withReference, bool withSampler)
    {
        long rows = logProbs.size(0), columns = logProbs.size(1);
        float[] old = new float[rows * columns], advantages = new float[rows * columns];
        float[]? reference = withReference ? new float[rows * columns] : null;
        bool differs = samples.Any(s => !s.Trajectory.PolicyLogProbs.IsEmpty), records = samples.All(s => !s.Trajectory.LogProbs.IsEmpty);
        float[]? sampler = withSampler || (differs && records) ? new float[rows * columns] : null;
        bool[] mask = new bool[rows * columns];
        for (int i = 0; i < samples.Count; i++)
        {
            Trajectory trajectory = samples[i].Trajectory;
            int offset = checked((int)(i * columns)), length = trajectory.TokenIds.Length;
            Copy(trajectory.OldLogProbs, old, "log-probabilities; use a sampler that records them, or let the policy compute them");
            if (sampler is not null) Copy(trajectory.LogProbs, sampler, "log-probabilities of the sampler; the correction needs what it records");
            if (trajectory.Mask.IsEmpty) mask.AsSpan(offset, length).Fill(true);
            else trajectory.Mask.Span.CopyTo(mask.AsSpan(offset));
            for (int t = 0; t < length; t++) advantages[offset + t] = (float)samples[i].Advantage[t];
            if (reference is not null)
                Copy(trajectory.ReferenceLogProbs, reference, "reference log-probabilities; a divergence term needs the trainer's reference policy");

            void Copy(ReadOnlyMemory<float> values, float[] to, string what)
            {
                if (values.Length != length)
                    throw new InvalidOperationException($"A trajectory of {length} tokens has {values.Length} {what}. One per token is expected.");
                values.Span.CopyTo(to.AsSpan(offset));
            }
        }

        Tensor On(Array values) => (values is bool[] b ? tensor(b) : tensor((float[])values)).view(rows, columns).to(logProbs.device);
        Tensor ofPolicy = On(old);
        Tensor? ofSampler = sampler is null ? null : On(sampler);
        return new SampleTensors(ofPolicy, ofSampler, On(advantages), On(mask), reference is null ? null : On(reference))
        {
            Recorded = ofSampler ?? (records ? ofPolicy : null),
        };
    }
}
