using Mel.Algorithms;
using Mel.Experiences;
using Mel.Memory;
using Mel.Objectives;
using Mel.Rollouts;
using Mel.Samples.Miniature;

namespace Mel.Samples.Study;

/// <summary>Composes the algorithm of an arm out of the library's parts.</summary>
/// <param name="arm">The arm.</param>
/// <param name="world">Where it trains. Its truth goes into the arms that have help from outside, and into no other.</param>
internal sealed class ArmComposer(Arm arm, World world)
{
    private const int GuidedAttemptsPerGroup = 4, PairsPerPrompt = 2, RowsOfBuffer = 43, HeuristicsOfBuffer = 128;

    private static readonly MiniatureLanguage Language = new();

    private static readonly NoisyLanguage Reworded = new();

    /// <summary>The memory of the arm, for the report alone; null where it has none.</summary>
    public ExperienceMemory? Memory { get; private set; }

    public Algorithm Compose()
    {
        Algorithm algorithm = Base();
        return arm.Addition switch
        {
            Addition.CorrectAttempts => algorithm with
            {
                Objective = new RehearsalObjective(algorithm.Objective, TermScaling.GradientNormRatio(arm.Weight)),
                Experiences = (_, _, _) => new CorrectAttemptExtractor(PairsPerPrompt),
            },
            Addition.CorrectBuffer => algorithm.WithRehearsalBuffer(
                new RehearsalBufferOptions { Content = BufferContent.CorrectAttempts, RehearsalsPerStep = RowsOfBuffer, Weight = arm.Weight }),
            Addition.HeuristicBuffer => algorithm.WithRehearsalBuffer(
                new RehearsalBufferOptions { Content = BufferContent.Heuristics, RehearsalsPerStep = HeuristicsOfBuffer, Weight = arm.Weight },
                Extraction(), Language),
            Addition.Retrospective => algorithm.WithMetaExperience(
                Term(Conditioning.Retrospective), MiniatureModel.ExperienceOptions(PairsPerPrompt, world.Shape), Language),
            Addition.StepHeuristics => algorithm.WithMetaExperience(Term(Conditioning.Heuristic), Extraction(), Language),
            Addition.Memory or Addition.Retrieval => WithMemory(algorithm),
            Addition.TrueHints => algorithm.WithJoiningAttempts((inner, sampler, verifier) => new GuidedAttempts(
                inner, sampler, verifier, new TrueHelp(world).Hint, GuidedAttemptsPerGroup)),
            Addition.TrueTraces => algorithm.WithJoiningAttempts((inner, _, _) => new GivenSolutions(inner, new TrueHelp(world).Traces)),
            _ => algorithm,
        };
    }

    private Algorithm Base() => arm.Base switch
    {
        BaseAlgorithm.Positive => Algorithm.PositiveOnly(),
        BaseAlgorithm.Rft => Algorithm.Rft(),
        BaseAlgorithm.ReinforcePlusPlus => Algorithm.ReinforcePlusPlus(),
        _ => Algorithm.Grpo(),
    };

    // As WithExperienceMemory composes it, but with the memory in hand, so that the report can say how much of it is true.
    private Algorithm WithMemory(Algorithm algorithm)
    {
        ExperienceMemoryOptions options = new() { Weight = arm.Weight, FadeHalfLife = arm.HalfLife };
        if (arm.Ablation == Ablation.Plurality) (options.MinimumVotes, options.MinimumShare) = (1, 0);
        ExperienceOptions extraction = Extraction();
        IExperienceLanguage language = arm.Reading is ClaimReading.Reworded or ClaimReading.RewordedClusters ? Reworded : Language;
        Memory = new ExperienceMemory(options);
        return algorithm with
        {
            Name = algorithm.Name + "+memory",
            Objective = new RehearsalObjective(algorithm.Objective, new TermScaling(options.Scaling, options.Weight), RehearsalMean.Counted),
            Experiences = (sampler, verifier, time) => new RememberingExtractor(
                ExperienceExtractor.Create(sampler, verifier, language, extraction, time), sampler, Memory, language, Resolver(sampler)),
        };
    }

    private ClaimClusters? Resolver(ISampler sampler) => arm.Reading switch
    {
        ClaimReading.RewordedClusters => new ClaimClusters(),
        // An answer is one rule, and no rule is another.
        ClaimReading.EmbeddingClusters => new ClaimClusters(
            new ClaimClusterOptions { KeySimilarity = arm.Similarity, AnswerSimilarity = 1 }, new WordEmbeddings((IPolicy)sampler).Of),
        _ => null,
    };

    private MetaExperienceOptions Term(Conditioning conditioning)
        => new() { Conditioning = conditioning, Scaling = TermScalingKind.GradientNormRatio, Weight = arm.Weight };

    private ExperienceOptions Extraction()
    {
        ExperienceOptions options = ExperienceMemory.Extraction();
        options.ExtractionMaxTokens = Lesson.WordCount + 1;
        options.ReplayMaxTokens = world.Shape.SolutionTokens;
        options.UntilStep = arm.Until;
        if (arm.Ablation == Ablation.OnePair) options.PairsPerPrompt = 1;
        if (arm.Ablation == Ablation.SampledWriter) (options.ExtractionTemperature, options.PairSelection) = (1, PairSelection.Spread);
        if (arm.Ablation == Ablation.Replayed) options.Validate = true;
        return options;
    }
}
