using Mel.Algorithms;
using Mel.Runtime;
using Mel.Testing;
using Mel.Training;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Mel.Samples.Tests.Docs;

/// <summary>The compositions of docs/presets.md are what the page says of them.</summary>
[TestFixture]
public sealed class PresetsPageTests
{
    [Test]
    public void Presets_AreNamedAfterWhatTheyAreMadeOf()
        => PresetsPage.Presets().Select(p => p.Name).Should().Equal("grpo", "grpo", "dapo", "dapo", "mine", "mine+me", "mine+kl");

    [Test]
    public void Host_PresetThenConfigurationThenCode_MakeTheOptions()
    {
        IConfiguration configuration = new ConfigurationBuilder().AddInMemoryCollection([KeyValuePair.Create<string, string?>("Mel:ClippedSurrogate:ClipRangeLow", "0.15")]).Build();
        ServiceCollection services = new();
        PresetsPage.Compose(services, configuration, () => new BigramPolicy("ab!", contextTokens: 8192));
        using ServiceProvider provider = services.BuildServiceProvider();

        provider.GetRequiredService<Trainer>().Should().NotBeNull();

        RunIdentity identity = new();
        provider.GetRequiredService<Algorithm>().Describe(identity);
        identity.Values.Should().Contain("objective.inner.ClipRangeHigh", "0.28").And.Contain("objective.inner.ClipRangeLow", "0.15").And.Contain("objective.inner.KlCoefficient", "0.001")
            .And.Contain("objective.Weight", "0.5").And.Contain("shaper.BufferTokens", "512");
    }
}
