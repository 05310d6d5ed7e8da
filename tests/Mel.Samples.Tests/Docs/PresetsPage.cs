using Mel.Advantages;
using Mel.Algorithms;
using Mel.Losses;
using Mel.Objectives;
using Mel.Rewards;
using Mel.Rollouts;
using Mel.Verification;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Mel.Samples.Tests.Docs;

/// <summary>The code of docs/presets.md, compiled and run; <see cref="PresetsPageTests"/> checks that the page holds these very lines.</summary>
internal static class PresetsPage
{
    public static IReadOnlyList<Algorithm> Presets()
    {
        // <code>
        Algorithm plain = Algorithm.Named("grpo");                                                  // by name, with its defaults
        Algorithm wider = Algorithm.Grpo(o => o.ClipRangeHigh = 0.28, a => a.Scale = AdvantageScale.Batch);
        Algorithm dapo = Algorithm.Dapo(overlong: o => o.BufferTokens = 512);                       // with its soft punishment of overlong responses
        Algorithm picky = dapo with { Filter = new MeanRewardRange(0.1, 0.9) };                     // another filter; Shaper and Advantages likewise
        Algorithm own = new("mine", new OverlongFiltering(new LeaveOneOutAdvantage()), new CispoObjective(new() { Aggregation = Aggregation.TokenMean }));
        Algorithm mel = own.WithMetaExperience(new() { Weight = 0.5 });                             // Eq. 9 around any of them
        Algorithm leashed = own.WithKlInReward(0.01);                                               // k1 in the reward; the run needs a reference
        // </code>
        return [plain, wider, dapo, picky, own, mel, leashed];
    }

    public static void Compose(IServiceCollection services, IConfiguration configuration, Func<IPolicy> load)
    {
        // <host>
        services.AddMel(mel => mel
            .Configure(configuration.GetSection("Mel"))                                             // sections Trainer, ClippedSurrogate, MetaExperience, ...
            .UsePolicy(_ => load())
            .UseReference(_ => load())                                                              // frozen; for divergence terms
            .UseVerifier<BoxedAnswerVerifier>()
            .UseDapo(objective: o => o.KlCoefficient = 0.001, overlong: o => o.BufferTokens = 512)
            .WithMetaExperience(o => o.Weight = 0.5, e => e.PairsPerPrompt = 2)
            .ConfigureTrainer(o => o.Steps = 200));
        // </host>
    }
}
