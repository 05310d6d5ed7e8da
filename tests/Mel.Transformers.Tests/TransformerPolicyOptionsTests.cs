using Mel.Rollouts;
using Mel.Testing;
using Mel.Transformers.Chat;
using Mel.Transformers.Estimation;
using Mel.Transformers.Tests.Fakes;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;

namespace Mel.Transformers.Tests;

/// <summary>Options that do not fit the model are refused in one way, with what was given and what is expected.</summary>
[TestFixture, NoTensorLeaks]
public sealed class TransformerPolicyOptionsTests
{
    private static readonly (TransformerPolicyOptions Options, string Message)[] WrongOptions =
    [
        (new() { ContextTokens = 65 }, "*ContextTokens*?2, 64?*got 65*"),
        (new() { ContextTokens = 1 }, "*ContextTokens*?2, 64?*got 1*"),
        (new() { CacheBytes = 0 }, "*CacheBytes*at least 1*got 0*"),
        (new() { ConcurrentSequences = 0 }, "*ConcurrentSequences*at least 1*"),
        (new() { PrefillTokens = -1 }, "*PrefillTokens*at least 1*got -1*"),
        (new() { StopTokenIds = [3, 50] }, "*StopTokenIds*0 to 49*got 50*"),
    ];

    private static readonly (ResourceEstimateOptions Options, string Message)[] WrongSizes =
    [
        (new() { SequenceTokens = 65, PromptTokens = 1 }, "*SequenceTokens*?2, 64?*got 65*"),
        (new() { SequenceTokens = 8, PromptTokens = 8 }, "*PromptTokens*less than SequenceTokens, 8, got 8*"),
        (new() { SequenceTokens = 8, PromptTokens = 4, MicroBatchSequences = 0 }, "*MicroBatchSequences*at least 1*"),
        (new() { SequenceTokens = 8, PromptTokens = 4, GradientCopies = 0 }, "*GradientCopies*at least 1*"),
        (new() { SequenceTokens = 8, PromptTokens = 4, SampledSequences = 0 }, "*SampledSequences*at least 1*"),
    ];

    [Test]
    public void Policy_OptionsThatDoNotFitTheModel_AreRefused()
    {
        using var model = TinyModels.Model();
        foreach ((TransformerPolicyOptions options, string message) in WrongOptions)
            FluentActions.Invoking(() => new TransformerPolicy(model, new NumberTokenizer(), null, options))
                .Should().Throw<OptionsValidationException>().WithMessage(message);
    }

    [Test]
    public void Estimate_SizesThatDoNotFitTheModel_AreRefused()
    {
        using TransformerPolicy policy = TinyModels.Policy();
        foreach ((ResourceEstimateOptions options, string message) in WrongSizes)
            policy.Invoking(p => p.Estimate(options)).Should().Throw<OptionsValidationException>().WithMessage(message);
    }

    [Test]
    public void Policy_OptionsChangedAfterwards_HaveNoEffect()
    {
        List<int> stops = [7];
        var options = new TransformerPolicyOptions { ContextTokens = 32, StopTokenIds = stops };
        using TransformerPolicy policy = TinyModels.Policy(options: options);
        options.ContextTokens = 16;
        stops.Add(50);
        policy.ContextTokens.Should().Be(32);
    }

    [Test]
    public void Encode_WithoutTemplate_TakesOneMessageAndNeedsATemplateForMore()
    {
        using TransformerPolicy policy = TinyModels.Policy();
        policy.Encode("1 2").ToArray().Should().Equal(1, 2);
        policy.Invoking(p => p.Encode([new(ChatRole.System, "3"), new(ChatRole.User, "1 2")]))
            .Should().Throw<NotSupportedException>().WithMessage("*chat template*");
        policy.Invoking(p => p.Encode([new(ChatRole.User, "1 2")], new RenderOptions())).Should().Throw<NotSupportedException>().WithMessage("*chat template*");
    }
}
