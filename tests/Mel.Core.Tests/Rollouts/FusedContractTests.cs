using Mel.Algorithms;
using Mel.Diagnostics;
using Mel.Rollouts;
using Mel.Runtime;
using Mel.Testing;
using Mel.Training;
using static Mel.Core.Tests.Training.TinyRun;
using static TorchSharp.torch;

namespace Mel.Core.Tests.Rollouts;

/// <summary>A policy that makes gradients while it scores is checked like any other, part by part.</summary>
[TestFixture, NoTensorLeaks]
public sealed class FusedContractTests
{
    [Test]
    public async Task Update_TwoParts_EqualsScoringAndDifferentiating()
    {
        using BigramPolicy fused = Policy(), plain = Policy();

        await Run(new Fused(fused));
        await Run(plain);

        fused.Snapshot().Zip(plain.Snapshot(), (a, b) => Math.Abs(a - b)).Max().Should().BeLessThan(1e-6f);
    }

    [TestCase("a part left out", "The policy Fused asked for the slopes of * tokens, but the batch has *; each is asked for once.")]
    [TestCase("a part twice", "The policy Fused asked for the slopes of * tokens, but the batch has *; each is asked for once.")]
    [TestCase("no graph", "The policy Fused gave the scalar that carries the slopes without a graph*")]
    [TestCase("no scalar", "The policy Fused returned [*, 12] for the slopes; a scalar is expected.")]
    [TestCase("mask of numbers", "The policy Fused gave a mask of Float32; bool is expected.")]
    [TestCase("double", "The policy Fused gave log-probabilities of Float64; float32 is expected, whatever the weights are.")]
    public async Task Update_WhatCannotBeRight_IsRefused(string how, string message)
    {
        using BigramPolicy policy = Policy();
        float[] before = policy.Snapshot();

        await FluentActions.Awaiting(() => Run(new Fused(policy) { How = how })).Should().ThrowAsync<PartResultException>().WithMessage(message);

        policy.Snapshot().Should().Equal(before);
    }

    [Test]
    public async Task Update_PartOfAnotherShape_IsRefused()
    {
        using BigramPolicy policy = Policy();

        await FluentActions.Awaiting(() => Run(new Fused(policy) { How = "narrower" })).Should().ThrowAsync<ShapeMismatchException>()
            .WithMessage("The policy Fused gave log-probabilities of shape [*, 11]; [*, 12] is expected*");
    }

    private static async Task Run(IPolicy policy) => await new Trainer(policy, Judge, Algorithm.Grpo(), Options(steps: 1)).RunAsync(Questions());

    /// <summary>Scores all rows, and asks for the slopes of the first token and of the rest.</summary>
    private sealed class Fused(BigramPolicy inner) : DelegatingPolicy(inner), IFusedPolicy
    {
        public string How { get; init; } = string.Empty;

        public bool FusesGradient => true;

        public Tensor Score(TokenBatch batch, ScoreSlopes slopes)
        {
            using var scope = NewDisposeScope();
            TokenScores all = base.Score(batch);
            Tensor tokens = zeros_like(all.LogProbs).to_type(ScalarType.Bool);
            for (int i = 0; i < batch.Sequences.Count; i++) tokens[i, ..batch.Sequences[i].Response.Length] = true;
            Tensor first = tokens.clone();
            first[.., 1..] = false;
            Tensor rest = How == "a part left out" ? first.logical_not() & zeros_like(tokens) : How == "a part twice" ? tokens : tokens & first.logical_not();
            Tensor carrier = zeros([]);
            foreach (Tensor mask in (Tensor[])[first, rest])
            {
                Tensor known = where(mask, all.LogProbs, zeros_like(all.LogProbs)).detach();
                if (How == "double") known = known.to_type(ScalarType.Float64);
                if (How == "narrower") known = known.slice(1, 0, -1, 1);
                Tensor slope = slopes(new TokenScores(known, all.Entropy?.detach()), How == "mask of numbers" ? mask.to_type(ScalarType.Float32) : mask);
                carrier = carrier + where(mask, all.LogProbs * slope, zeros_like(slope)).sum();
            }

            return (How switch { "no graph" => carrier.detach(), "no scalar" => all.LogProbs, _ => carrier }).MoveToOuterDisposeScope();
        }
    }
}
