using Mel.Rollouts;
using Mel.Samples.Miniature;
using static TorchSharp.torch;

namespace Mel.Samples.Study;

/// <summary>The vectors that a policy has for words at this moment: rows of its embedding.</summary>
/// <param name="policy">The policy.</param>
internal sealed class WordEmbeddings(IPolicy policy)
{
    private const string Name = "model.embed_tokens.weight";

    /// <summary>The vector of a word.</summary>
    public ReadOnlyMemory<float> Of(string word)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        return policy.Parameters[Name][Vocabulary.IdOf(word)].data<float>().ToArray();
    }
}
