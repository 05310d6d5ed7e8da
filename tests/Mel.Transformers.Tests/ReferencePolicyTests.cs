using Mel.Algorithms;
using Mel.Rollouts;
using Mel.Training;
using Mel.Transformers.Tests.Fakes;
using Mel.Verification;

namespace Mel.Transformers.Tests;

/// <summary>The model behind the adapters is a reference; a model without adapters is not, for it moves with every update.</summary>
[TestFixture]
public sealed class ReferencePolicyTests
{
    private static readonly TrainerOptions Options = new() { Sampling = new() { MaxTokens = 8 } };

    [Test]
    public void Trainer_ReferenceWithoutAdapters_IsRefused()
    {
        using TransformerPolicy policy = TinyModels.Policy();

        FluentActions.Invoking(() => Compose(policy, policy.Reference)).Should().Throw<RunCompositionException>()
            .WithMessage("The reference policy shares parameters that train with the policy, 'model.embed_tokens.weight' for one*adapters*");
        FluentActions.Invoking(() => Compose(policy, policy)).Should().Throw<RunCompositionException>().WithMessage("The reference policy is the policy that trains*");
    }

    [Test]
    public void Trainer_ReferenceBehindAdaptersOrOfItsOwn_IsAccepted()
    {
        using TransformerPolicy policy = TinyModels.Policy(), other = TinyModels.Policy();

        FluentActions.Invoking(() => Compose(policy, other)).Should().NotThrow();
        policy.Model.AddLora(new(), 1);
        FluentActions.Invoking(() => Compose(policy, policy.Reference)).Should().NotThrow();
    }

    [Test]
    public void Trainer_SecondPolicyOverTheSameModel_IsNoReference()
    {
        using TransformerPolicy policy = TinyModels.Policy(), twin = new(policy.Model, new NumberTokenizer());

        FluentActions.Invoking(() => Compose(policy, twin)).Should().Throw<RunCompositionException>();
        policy.Model.AddLora(new(), 1);
        FluentActions.Invoking(() => Compose(policy, twin)).Should().Throw<RunCompositionException>("its adapters are those that train");
    }

    private static Trainer Compose(IPolicy policy, IPolicy reference) => new(
        policy, Verifier.From((_, _) => true), Algorithm.Grpo(o => o.KlCoefficient = 0.1), Options, new TrainerParts { Reference = reference });
}
