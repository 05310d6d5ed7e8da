using Mel.Algorithms;
using Mel.Experiences;
using Mel.Memory;
using Mel.Rollouts;
using Mel.Runtime;
using Mel.Services;
using Mel.Testing;
using Mel.Verification;

namespace Mel.Samples.Tests.Docs;

/// <summary>The compositions of docs/memory.md are what the page says of them.</summary>
[TestFixture]
public sealed class MemoryPageTests
{
    private static readonly ScriptedSampler Sampler = new((_, _) => string.Empty);

    [Test]
    public void OneLine_HasMemoryAndExtractor()
    {
        IReadOnlyList<Algorithm> algorithms = MemoryPage.OneLine();

        algorithms.Select(a => a.Name).Should().Equal("grpo+memory", "positive-only+memory", "grpo+me+memory");
        algorithms.Select(a => Identity(a)["experiences.inner"]).Should()
            .Equal(nameof(ContrastiveExperienceExtractor), nameof(ContrastiveExperienceExtractor), nameof(ReplayValidatedExtractor));
        Identity(algorithms[0]).Should().Contain("experiences.inner.PairSelection", nameof(PairSelection.LongestSharedPrefix))
            .And.Contain("experiences.inner.ExtractionTemperature", "0").And.Contain("objective.scaling", "GradientNormRatio 1");
        Identity(algorithms[1]).Should().Contain("experiences.inner.UntilStep", "15").And.Contain("experiences.memory.FadeHalfLife", "10");
    }

    [Test]
    public void ByHand_IsTheSameWithOtherVotes()
    {
        (ExperienceMemory memory, Algorithm algorithm) = MemoryPage.ByHand(new ToyExperienceLanguage());
        Dictionary<string, string> expected = Identity(Algorithm.Grpo().WithExperienceMemory(new() { MinimumVotes = 3 }, language: new ToyExperienceLanguage()));

        memory.Count.Should().Be(0);
        Identity(algorithm).Should().BeEquivalentTo(expected);
    }

    [Test]
    public void Others_AreComposed()
    {
        Identity(MemoryPage.Worded(new ToyExperienceLanguage(), _ => new[] { 1f }))["experiences.resolver"].Should().Be(nameof(ClaimClusters));
        (ISampler retrieving, Algorithm hinted, Algorithm traced) = MemoryPage.Comparators(Sampler, q => q == "hard" ? "hint" : null, _ => []);
        ScriptedSampler.MessageOf(retrieving.Encode([new(Microsoft.Extensions.AI.ChatRole.User, "hard")])).Should().Be("hint\nhard");
        (Identity(hinted)["experiences"], Identity(traced)["experiences"]).Should().Be((nameof(GuidedAttempts), nameof(GivenSolutions)));
        MemoryPage.Probed(_ => []).Services.Single().Should().BeOfType<GradientProbe>();
    }

    private static Dictionary<string, string> Identity(Algorithm algorithm)
    {
        RunIdentity identity = new();
        algorithm.Describe(identity);
        identity.Add("experiences", algorithm.Experiences!(Sampler, Verifier.From((_, _) => true), TimeProvider.System));
        return identity.Values.ToDictionary();
    }
}
