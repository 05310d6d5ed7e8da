using Mel.Head;
using static TorchSharp.torch;

namespace Mel.Core.Tests.Golden.Adapters;

/// <summary>Log-probs and entropy from logits and from hidden states.</summary>
public static class LogProbAdapters
{
    public static IEnumerable<KeyValuePair<string, Func<GoldenCase, GoldenOutputs>>> All { get; } =
    [
        new("selective_log_softmax", FromLogits),
        new("liger.chunked_selective_logprob", FromHidden),
    ];

    private static GoldenOutputs FromLogits(GoldenCase golden)
    {
        Tensor logits = golden.Tensor("logits", requiresGrad: true), again = golden.Tensor("logits", requiresGrad: true), upstream = golden.Tensor("upstream");
        Tensor logProbs = TokenLogProbs.FromLogits(logits, golden.Tensor("token_ids"), golden.Number("temperature"));
        Tensor entropy = Entropy.FromLogits(again, golden.Number("temperature"));
        return new GoldenOutputs().Add("log_prob", logProbs).Add("entropy", entropy)
            .AddGradients((logProbs * upstream).sum(), ("grad_logits_of_logprob", logits)).AddGradients((entropy * upstream).sum(), ("grad_logits_of_entropy", again));
    }

    private static GoldenOutputs FromHidden(GoldenCase golden)
    {
        Tensor hidden = golden.Tensor("hidden", requiresGrad: true), head = golden.Tensor("weight", requiresGrad: true);
        Tensor logProbs = TokenLogProbs.FromHidden(hidden, head, golden.Tensor("token_ids"), golden.Number("temperature"), chunkRows: 3).LogProbs;
        return new GoldenOutputs().Add("log_prob", logProbs).AddGradients((logProbs * golden.Tensor("upstream")).sum(), ("grad_hidden", hidden), ("grad_weight", head));
    }
}
