using Mel.Rollouts;
using static TorchSharp.torch;

namespace Mel.Samples.Miniature;

/// <summary>Trains a policy on the corpus until it solves some questions, compares solutions and takes advice: the state from which reinforcement learning starts.</summary>
/// <param name="beliefs">What the corpus states.</param>
/// <param name="policy">The policy to train, in place.</param>
/// <param name="options">The recipe.</param>
public sealed class WarmStart(Beliefs beliefs, IPolicy policy, WarmStartOptions options)
{
    private readonly WordTokenizer _tokenizer = new();
    private readonly CorpusWriter _corpus = new(beliefs, options.Seed);

    /// <summary>Runs every step of the recipe.</summary>
    /// <param name="progress">Receives a report after each step.</param>
    /// <param name="cancellationToken">Stops between two steps.</param>
    public void Run(IProgress<WarmStartStep>? progress = null, CancellationToken cancellationToken = default)
    {
        using var adam = new Adam(policy.Parameters.Values);
        for (int step = 0; step < options.Steps; step++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var losses = new Dictionary<CorpusTask, double>();
            foreach (CorpusShare share in options.Mixture) losses[share.Task] = Backward(share);
            double norm = adam.Step(options.LearningRateAt(step), options.MaxGradientNorm);
            if (step % 20 == 0) GC.Collect(0); // Scalars made by tensor arithmetic wait for finalizers and pin the native heap
            progress?.Report(new WarmStartStep(step + 1, losses, norm));
        }
    }

    /// <summary>Adds the gradient of one task's share to the parameters' gradients.</summary>
    /// <returns>The mean loss per token, nats.</returns>
    private double Backward(CorpusShare share)
    {
        using var scope = NewDisposeScope();
        var batch = new TokenBatch([.. Enumerable.Range(0, share.Count).Select(_ => Encode(_corpus.Next(share.Task)))]);
        Tensor loss = policy.Score(batch).LogProbs.sum() / -batch.Sequences.Sum(s => s.Response.Length); // [] every row of a task is equally long
        (loss * share.Weight).backward();
        return loss.item<float>();
    }

    private TokenSequence Encode(CorpusExample example) => new(policy.Encode(example.Message), _tokenizer.Encode(example.Completion).ToArray());
}
