using Mel.Advantages;
using Mel.Algorithms;
using Mel.Experiences;
using Mel.Losses;
using Mel.Objectives;
using Mel.Prompts;
using Mel.Training;
using Mel.Verification;
using Microsoft.Extensions.DependencyInjection;

namespace Mel.Samples.Tests.Docs;

/// <summary>The composition that the README shows, compiled and run; <see cref="ReadmeTests"/> checks that the README holds these very lines.</summary>
internal static class ReadmeComposition
{
    public static async Task<TrainingReport> RunAsync(IReadOnlyList<Prompt> questions, IProgress<StepReport> progress, CancellationToken cancellationToken)
    {
        // <readme>
        using var policy = MiniatureModel.Load();                       // any IPolicy; TransformerPolicy.Load reads a Hugging Face folder
        var verifier = Verifier.From((prompt, text) => text.EndsWith($"ANS {prompt.Answer}", StringComparison.Ordinal));
        var language = new MiniatureLanguage();                         // for natural language leave it out: the paper's prompts

        var algorithm = new Algorithm("mine", new LeaveOneOutAdvantage(),                                     // any estimator, any objective ...
                new ClippedSurrogateObjective(new() { ClipRangeHigh = 0.28, Aggregation = Aggregation.TokenMean }))
            .WithMetaExperience(                                        // ... and around them Eq. 9: J = J_RLVR + J_MEL, with what Eq. 2-6 extract and prove
                new() { Conditioning = Conditioning.Heuristic, Scaling = TermScalingKind.GradientNormRatio, Weight = 0.5 },
                MiniatureModel.ExperienceOptions(), language);

        var trainer = new Trainer(policy, verifier, algorithm, new()
        {
            Steps = 20, PromptsPerStep = 16, GroupSize = 8, Seed = 1,
            Sampling = new() { MaxTokens = Chain.StandardTokens }, Optimizer = new() { LearningRate = 7e-4 },
        });
        TrainingReport report = await trainer.RunAsync(new PromptList(questions, shuffleSeed: 1), progress, cancellationToken);
        // </readme>
        return report;
    }

    public static void Host(IServiceCollection services)
    {
        // <host>
        services.AddMel(mel => mel
            .UsePolicy(_ => MiniatureModel.Load()).UseVerifier<ChainVerifier>().UseExperienceLanguage<MiniatureLanguage>()
            .ConfigureTrainer(o => o.Sampling.MaxTokens = Chain.StandardTokens)
            .UseGrpo(o => o.ClipRangeHigh = 0.28).WithMetaExperience(o => o.Weight = 0.5, e => e.ExtractionMaxTokens = 24));
        // </host>
    }
}
