using Mel.Rollouts;
using Mel.Transformers.Models;
using static TorchSharp.torch;

namespace Mel.Transformers;

/// <summary>A policy with its adapters switched off while it works: the model the adapters were added to, without a second copy of its weights.</summary>
internal sealed class ReferencePolicy(TransformerPolicy policy) : DelegatingPolicy(policy)
{
    /// <summary>The weights, not the adapters that are switched off: frozen where the policy has adapters, and those that train where it has none.</summary>
    public override IReadOnlyDictionary<string, Tensor> Parameters => policy.Model.Weights;

    public override async Task<IReadOnlyList<IReadOnlyList<Trajectory>>> SampleAsync(
        IReadOnlyList<SamplingRequest> requests, SamplingOptions options, CancellationToken cancellationToken = default)
    {
        using var off = new Off(policy.Model);
        return await base.SampleAsync(requests, options, cancellationToken).ConfigureAwait(false);
    }

    public override TokenScores Score(TokenBatch batch)
    {
        using var off = new Off(policy.Model);
        return base.Score(batch);
    }

    private sealed class Off : IDisposable
    {
        private readonly DecoderModel _model;
        private readonly bool _before;

        public Off(DecoderModel model)
        {
            (_model, _before) = (model, model.AdaptersEnabled);
            model.AdaptersEnabled = false;
        }

        public void Dispose() => _model.AdaptersEnabled = _before;
    }
}
