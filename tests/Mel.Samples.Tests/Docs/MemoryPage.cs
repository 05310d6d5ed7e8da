using Mel.Algorithms;
using Mel.Experiences;
using Mel.Memory;
using Mel.Objectives;
using Mel.Prompts;
using Mel.Rollouts;
using Mel.Services;
using Mel.Training;

namespace Mel.Samples.Tests.Docs;

/// <summary>The code of docs/memory.md, compiled and run; <see cref="MemoryPageTests"/> checks that it does what the page says.</summary>
internal static class MemoryPage
{
    public static IReadOnlyList<Algorithm> OneLine()
    {
        // <oneline>
        Algorithm grpo = Algorithm.Grpo().WithExperienceMemory();                                       // any algorithm, in one line
        Algorithm cheap = Algorithm.PositiveOnly().WithExperienceMemory(
            new() { FadeHalfLife = 10 }, new() { PairSelection = PairSelection.LongestSharedPrefix, ExtractionTemperature = 0, Validate = false, UntilStep = 15 });
        Algorithm both = Algorithm.Grpo().WithMetaExperience(new() { Weight = 0.5 }).WithExperienceMemory();     // Eq. 9 as well; the loop comes first
        // </oneline>
        return [grpo, cheap, both];
    }

    public static (ExperienceMemory Memory, Algorithm Algorithm) ByHand(IExperienceLanguage language)
    {
        // <byhand>
        ExperienceMemory memory = new(new() { MinimumVotes = 3 });
        Algorithm algorithm = Algorithm.Grpo() with
        {
            Objective = new RehearsalObjective(new ClippedSurrogateObjective(), TermScaling.GradientNormRatio(1), RehearsalMean.Counted),
            Experiences = (sampler, verifier, time) => new RememberingExtractor(
                ExperienceExtractor.Create(sampler, verifier, language, ExperienceMemory.Extraction(), time), sampler, memory, language),
        };
        // </byhand>
        return (memory, algorithm);
    }

    public static Algorithm Worded(IExperienceLanguage language, Func<string, ReadOnlyMemory<float>> vectorOf)
    {
        // <worded>
        Algorithm worded = Algorithm.Grpo().WithExperienceMemory(
            language: language, resolver: () => new ClaimClusters(new() { KeySimilarity = 0.9 }, word => vectorOf(word)));
        // </worded>
        return worded;
    }

    public static (ISampler Retrieving, Algorithm Hinted, Algorithm Traced) Comparators(
        ISampler policy, Func<string, string?> remembered, Func<Prompt, IReadOnlyList<Trajectory>> tracesOf)
    {
        // <comparators>
        ISampler retrieving = new GuidingSampler(policy, question => remembered(question) is { } hint ? $"{hint}\n{question}" : null);
        Algorithm hinted = Algorithm.Grpo().WithJoiningAttempts((inner, sampler, verifier) => new GuidedAttempts(
            inner, sampler, verifier, group => remembered(group.Prompt.Text) is { } hint ? $"{hint}\n{group.Prompt.Text}" : null));
        Algorithm traced = Algorithm.Grpo().WithJoiningAttempts((inner, _, _) => new GivenSolutions(inner, tracesOf));
        // </comparators>
        return (retrieving, hinted, traced);
    }

    public static TrainerParts Probed(Func<IPolicy, IReadOnlyList<TokenSequence>> trueSolutions)
    {
        // <probe>
        TrainerParts parts = new() { Services = [new GradientProbe(model => trueSolutions(model), everySteps: 5)] };
        // </probe>
        return parts;
    }
}
