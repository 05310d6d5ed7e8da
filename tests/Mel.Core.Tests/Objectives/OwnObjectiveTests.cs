using Mel.Advantages;
using Mel.Losses;
using Mel.Objectives;
using Mel.Runtime;
using Mel.Testing;
using Microsoft.Extensions.Options;
using static TorchSharp.torch;

namespace Mel.Core.Tests.Objectives;

/// <summary>An objective of somebody else gets from the base class what every policy objective has: options that are checked and read once.</summary>
[TestFixture, NoTensorLeaks]
public sealed class OwnObjectiveTests
{
    [Test]
    public void PolicyObjective_CommonOptionsChangedAfterwards_StaysWhatItWas()
    {
        using var scope = NewDisposeScope();
        using BigramPolicy policy = new(Batches.Alphabet);
        TrainingBatch batch = Batches.Of(policy, new GroupRelativeAdvantage());
        OwnOptions options = new() { Aggregation = Aggregation.SequenceMeanTokenMean };
        Own objective = new(options);
        float before = objective.Evaluate(policy, batch).Total().item<float>();

        (options.Aggregation, options.EntropyCoefficient) = (Aggregation.SequenceMeanTokenSum, 3);

        objective.Evaluate(policy, batch).Total().item<float>().Should().Be(before);
        new Own(options).Evaluate(policy, batch).Total().item<float>().Should().NotBe(before);
    }

    [Test]
    public void PolicyObjective_CommonOptionOutOfItsRange_IsRefused()
        => FluentActions.Invoking(() => new Own(new() { KlCoefficient = -1 })).Should().Throw<OptionsValidationException>().WithMessage("*KlCoefficient*got -1*");

    private sealed class OwnOptions : PolicyObjectiveOptions;

    private sealed class Own(OwnOptions options) : PolicyObjective(options)
    {
        public override void Describe(RunIdentity identity) => identity.Set("own", true);

        protected internal override PolicyLossTerms PerToken(Tensor logProbs, Tensor oldLogProbs, Tensor advantages, Tensor mask)
            => new(PolicyLoss.Reinforce(logProbs, advantages, mask), ones_like(logProbs), zeros_like(mask), zeros_like(mask));
    }
}
