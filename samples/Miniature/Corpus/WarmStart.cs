using Mel.Rollouts;
using Mel.Training;
using static TorchSharp.torch;

namespace Mel.Samples.Miniature;

/// <summary>
/// Supervised training on the corpus until a policy solves some questions, compares solutions and takes advice: the state from which reinforcement learning
/// starts.
/// </summary>
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
        using var optimizer = new AdamW(policy.Parameters, new OptimizerOptions { Beta2 = options.Beta2 });
        for (int step = 0; step < options.Steps; step++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (Tensor parameter in policy.Parameters.Values) parameter.grad = null;
            var losses = new Dictionary<CorpusTask, double>();
            foreach (CorpusShare share in options.Mixture) losses[share.Task] = Backward(share);
            double norm = GradientNorm();
            optimizer.Step(options.LearningRateAt(step), Math.Min(1, options.MaxGradientNorm / norm));
            if (step % 20 == 0) GC.Collect(0); // small native objects wait for finalizers and pin the heap
            progress?.Report(new WarmStartStep(step + 1, losses, norm));
        }
    }

    /// <summary>Adds the gradient of one task's share to the gradients of the parameters.</summary>
    /// <returns>The mean loss per token, nats.</returns>
    private double Backward(CorpusShare share)
    {
        using var scope = NewDisposeScope();
        var batch = new TokenBatch([.. Enumerable.Range(0, share.Count).Select(_ => Encode(_corpus.Next(share.Task)))]);
        Tensor loss = -policy.Score(batch).LogProbs.mean();     // [] every row of a task is equally long, so no padding enters the mean
        (loss * share.Weight).backward();
        return loss.item<float>();
    }

    private TokenSequence Encode(CorpusExample example) => new(policy.Encode(example.Message), _tokenizer.Encode(example.Completion).ToArray());

    private double GradientNorm()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        return stack(policy.Parameters.Values.Select(p => p.grad!.square().sum())).sum().sqrt().item<float>();
    }
}
