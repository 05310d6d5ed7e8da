using Mel.Evaluation;
using Mel.Experiences;
using Mel.Prompts;
using Mel.Rewards;
using Mel.Rollouts;

namespace Mel.Samples.Miniature;

/// <summary>
/// Measures what a model of the world can do: solve, compare two solutions, take advice, and state facts. Walks through the stages of the library itself.
/// </summary>
/// <param name="world">Knows the truth.</param>
/// <param name="sampler">The model.</param>
/// <param name="options">Sizes and seed; the defaults where null.</param>
public sealed class Examination(World world, ISampler sampler, ExaminationOptions? options = null)
{
    private readonly ExaminationOptions _options = options ?? new ExaminationOptions();
    private readonly ChainVerifier _verifier = new();

    /// <summary>Runs the whole examination.</summary>
    public async Task<ExaminationReport> RunAsync(CancellationToken cancellationToken = default)
    {
        double passAt1 = await PassAt1Async(cancellationToken);
        EvaluationReport sampled = await new Evaluator(sampler, _verifier).EvaluateAsync(
            QuestionSets.HeldOut(world, _options.SampledQuestions, _options.Seed),
            new EvaluationOptions { Samples = _options.Samples, MaxTokens = world.Shape.SolutionTokens, Seed = _options.Seed }, cancellationToken);

        IReadOnlyList<RolloutGroup> groups = await RolloutsAsync(cancellationToken);
        ExtractionResult experiences = await ExperiencesAsync(groups, cancellationToken);
        Judged[] lessons =
        [
            .. experiences.Retained.Select(kept => new Judged(kept.Pair, Read(kept.Text), IsRetained: true)),
            .. experiences.Dropped.Where(d => d.Reason == DropReason.ReplayFailed).Select(d => new Judged(d.Pair, Read(d.Written!.Text), IsRetained: false)),
        ];
        (double clean, double confused) = await RecallAsync(cancellationToken);
        return new ExaminationReport
        {
            PassAt1 = passAt1,
            AverageAtK = sampled.AverageAtK,
            PassAtK = sampled.PassAtK,
            TrainingReward = groups.SelectMany(g => g.Rewards).Average(),
            Pairs = experiences.Pairs,
            WellFormed = (double)lessons.Length / experiences.Candidates,
            ExactLessons = (double)lessons.Count(l => l.Lesson == Exact(l.Pair)) / experiences.Candidates,
            TrueHeuristics = Share(lessons, IsTrue),
            Retention = (double)experiences.Retained.Count / experiences.Candidates,
            TrueAmongRetained = Share(lessons.Where(l => l.IsRetained), IsTrue),
            ReplayGivenTrue = Share(lessons.Where(IsTrue), l => l.IsRetained),
            ReplayGivenFalse = Share(lessons.Where(l => !IsTrue(l)), l => l.IsRetained),
            RecallOfCleanFacts = clean,
            RecallOfConfusedFacts = confused,
        };
    }

    /// <summary>Share of the held-out questions answered correctly at T = 0.</summary>
    public async Task<double> PassAt1Async(CancellationToken cancellationToken = default)
    {
        IReadOnlyList<Prompt> heldOut = QuestionSets.HeldOut(world, _options.GreedyQuestions, _options.Seed);
        var greedyOnly = new EvaluationOptions { Samples = 0, MaxTokens = world.Shape.SolutionTokens, Seed = _options.Seed };
        return (await new Evaluator(sampler, _verifier).EvaluateAsync(heldOut, greedyOnly, cancellationToken)).PassAt1;
    }

    /// <summary>Samples the groups of the training questions at T = 1 and has them verified.</summary>
    public async Task<IReadOnlyList<RolloutGroup>> RolloutsAsync(CancellationToken cancellationToken = default)
    {
        IReadOnlyList<Prompt> questions = QuestionSets.Training(world, _options.ExperienceQuestions, _options.Seed);
        VerifiedRollouts rollouts = new(sampler, _verifier);
        RolloutRequest[] requests = [.. questions.Select((q, i) => rollouts.Request(q, _options.Samples, SeedOf(1, i)))];
        return (await rollouts.SampleAsync(requests, new SamplingOptions { MaxTokens = world.Shape.SolutionTokens }, cancellationToken)).Groups;
    }

    /// <summary>Walks groups through the experience loop of Eq. 2-6.</summary>
    /// <param name="groups">What was sampled.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public Task<ExtractionResult> ExperiencesAsync(IReadOnlyList<RolloutGroup> groups, CancellationToken cancellationToken = default)
        => ExperienceExtractor.Create(sampler, _verifier, new MiniatureLanguage(), MiniatureModel.ExperienceOptions(_options.PairsPerQuestion, world.Shape))
            .ExtractAsync(new ExtractionRequest(groups, SeedOf(2, 0)), cancellationToken);

    private async Task<(double Clean, double Confused)> RecallAsync(CancellationToken cancellationToken)
    {
        Fact[] facts = [.. world.AllFacts];
        SamplingRequest[] requests = [.. facts.Select((fact, i) => new SamplingRequest(sampler.Encode(MiniatureLanguage.Recall(fact)), 1, SeedOf(3, i)))];
        var answers = await sampler.SampleAsync(requests, new SamplingOptions { Temperature = 0, MaxTokens = 2 }, cancellationToken);
        var known = facts.Zip(answers, (fact, answer) => (IsClean: world.IsClean(fact.Operator), IsTrue: answer[0].Text == world.TruthOf(fact).Word)).ToArray();
        return (Share(known.Where(k => k.IsClean), k => k.IsTrue), Share(known.Where(k => !k.IsClean), k => k.IsTrue));
    }

    private bool IsTrue(Judged judged) => judged.Lesson.IsTrueIn(world);

    private ulong SeedOf(ulong purpose, int index) => SeededRandom.Mix(SeededRandom.Mix(_options.Seed + (purpose << 32)) + (ulong)index);

    private static Lesson Read(string text) => Lesson.TryParse(text, out Lesson? lesson, out string? malformed) ? lesson : throw new FormatException(malformed);

    private static Lesson? Exact(ContrastivePair pair)
        => Chain.TryParse(pair.Correct.Text, out Chain? right, out _) && Chain.TryParse(pair.Incorrect.Text, out Chain? wrong, out _)
            ? Lesson.Between(right, wrong) : null;

    private static double Share<T>(IEnumerable<T> items, Func<T, bool> has)
    {
        T[] all = [.. items];
        return all.Length == 0 ? double.NaN : (double)all.Count(has) / all.Length;
    }

    private sealed record Judged(ContrastivePair Pair, Lesson Lesson, bool IsRetained);
}
