using Mel.Prompts;
using Mel.Rollouts;
using Mel.Verification;

namespace Mel.Samples.Miniature;

/// <summary>Measures what a model of the world can do: solve, compare two solutions, take advice, and state facts.</summary>
/// <param name="world">Knows the truth.</param>
/// <param name="sampler">The model.</param>
/// <param name="options">Sizes and seeds.</param>
public sealed class Evaluator(World world, ISampler sampler, EvaluationOptions options)
{
    private readonly ChainVerifier _verifier = new();

    /// <summary>Runs the whole evaluation.</summary>
    public async Task<EvaluationReport> RunAsync(CancellationToken cancellationToken = default)
    {
        IReadOnlyList<Prompt> heldOut = QuestionSets.HeldOut(world, options.GreedyQuestions, options.Seed);
        double greedy = await GreedyPass1Async(heldOut, cancellationToken);
        (double avg, double pass) = await SampledAsync([.. heldOut.Take(options.SampledQuestions)], cancellationToken);
        (double confused, double clean) = await RecallAsync(cancellationToken);

        (double reward, IReadOnlyList<Pair> pairs) = await PairsAsync(cancellationToken);
        IReadOnlyList<Judged> lessons = await ReplayAsync(await ExtractAsync(pairs, cancellationToken), cancellationToken);
        Judged[] wellFormed = [.. lessons.Where(l => l.Lesson is not null)];
        return new EvaluationReport
        {
            GreedyPass1 = greedy,
            Avg8 = avg,
            Pass8 = pass,
            TrainingReward = reward,
            Pairs = pairs.Count,
            WellFormed = Share(lessons, l => l.Lesson is not null),
            ExactLessons = Share(lessons, l => l.Lesson is not null && l.Lesson == l.Pair.Exact),
            TrueHeuristics = Share(wellFormed, l => l.IsTrue),
            Retention = Share(wellFormed, l => l.IsRetained),
            ReplayWithTrueHeuristic = Share(wellFormed.Where(l => l.IsTrue), l => l.IsRetained),
            ReplayWithFalseHeuristic = Share(wellFormed.Where(l => !l.IsTrue), l => l.IsRetained),
            TrueAmongRetained = Share(wellFormed.Where(l => l.IsRetained), l => l.IsTrue),
            RecallOfConfusedFacts = confused,
            RecallOfCleanFacts = clean,
        };
    }

    /// <summary>Share of questions answered correctly at T = 0.</summary>
    public async Task<double> GreedyPass1Async(IReadOnlyList<Prompt> questions, CancellationToken cancellationToken = default)
        => (await AnswerAsync(questions, count: 1, temperature: 0, cancellationToken)).Average(verdicts => verdicts[0] ? 1.0 : 0.0);

    private async Task<(double Avg, double Pass)> SampledAsync(IReadOnlyList<Prompt> questions, CancellationToken cancellationToken)
    {
        IReadOnlyList<bool[]> verdicts = await AnswerAsync(questions, options.Samples, temperature: 0.6, cancellationToken);
        return (verdicts.Average(v => v.Average(ok => ok ? 1.0 : 0.0)), verdicts.Average(v => v.Contains(true) ? 1.0 : 0.0));
    }

    private async Task<IReadOnlyList<bool[]>> AnswerAsync(IReadOnlyList<Prompt> questions, int count, double temperature, CancellationToken cancellationToken)
    {
        var answers = await SampleAsync([.. questions.Select(q => q.Text)], count, temperature, Chain.WordCount(Question.StandardLength) + 1, cancellationToken);
        var verdicts = new List<bool[]>(questions.Count);
        foreach ((Prompt question, IReadOnlyList<Trajectory> trajectories) in questions.Zip(answers))
        {
            var row = new bool[trajectories.Count];
            for (int i = 0; i < row.Length; i++) row[i] = await _verifier.VerifyAsync(question, trajectories[i], cancellationToken) == Verdict.Correct;
            verdicts.Add(row);
        }
        return verdicts;
    }

    private async Task<(double Confused, double Clean)> RecallAsync(CancellationToken cancellationToken)
    {
        Fact[] facts = [.. Enumerable.Range(0, World.Operators).SelectMany(op => new[] { new Fact(op, false), new Fact(op, true) })];
        var answers = await SampleAsync([.. facts.Select(MiniatureLanguage.Recall)], count: 1, temperature: 0, maxTokens: 2, cancellationToken);
        var known = facts.Zip(answers, (fact, answer) => (fact, IsTrue: answer[0].Text == world.TruthOf(fact).Word)).ToArray();
        return (Share(known.Where(k => !world.IsClean(k.fact.Operator)), k => k.IsTrue), Share(known.Where(k => world.IsClean(k.fact.Operator)), k => k.IsTrue));
    }

    private async Task<(double Reward, IReadOnlyList<Pair> Pairs)> PairsAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<Prompt> questions = QuestionSets.Training(world, options.ExperienceQuestions, options.Seed);
        var answers = await SampleAsync([.. questions.Select(q => q.Text)], options.Samples, temperature: 1, Chain.WordCount(Question.StandardLength) + 1, cancellationToken);
        var pairs = new List<Pair>();
        int correctCount = 0;
        foreach ((Prompt question, IReadOnlyList<Trajectory> trajectories) in questions.Zip(answers))
        {
            var correct = new List<string>();
            var incorrect = new List<string>();
            foreach (Trajectory trajectory in trajectories)
                (await _verifier.VerifyAsync(question, trajectory, cancellationToken) == Verdict.Correct ? correct : incorrect).Add(trajectory.Text);
            correctCount += correct.Count;
            for (int i = 0; i < Math.Min(options.PairsPerQuestion, Math.Min(correct.Count, incorrect.Count)); i++)
                pairs.Add(new Pair(question, correct[i], incorrect[i]));
        }
        return ((double)correctCount / (questions.Count * options.Samples), pairs);
    }

    private async Task<IReadOnlyList<(Pair Pair, Lesson? Lesson)>> ExtractAsync(IReadOnlyList<Pair> pairs, CancellationToken cancellationToken)
    {
        string[] prompts = [.. pairs.Select(p => MiniatureLanguage.Compare(p.Question.Text, p.Incorrect, p.Correct))];
        var texts = await SampleAsync(prompts, count: 1, temperature: 1, Lesson.WordCount + 1, cancellationToken);
        return [.. pairs.Zip(texts, (pair, t) => (pair, t[0].FinishReason == FinishReason.Stop && Lesson.TryParse(t[0].Text, out Lesson? lesson, out _) ? lesson : null))];
    }

    private async Task<IReadOnlyList<Judged>> ReplayAsync(IReadOnlyList<(Pair Pair, Lesson? Lesson)> lessons, CancellationToken cancellationToken)
    {
        var parsed = lessons.Where(l => l.Lesson is not null).ToArray();
        string[] prompts = [.. parsed.Select(l => MiniatureLanguage.Advise(l.Pair.Question.Text, l.Lesson!.ToString()))];
        var replays = await SampleAsync(prompts, count: 1, temperature: 1, Chain.WordCount(Question.StandardLength) + 1, cancellationToken);
        var judged = new List<Judged>(lessons.Count);
        foreach (((Pair pair, Lesson? lesson), IReadOnlyList<Trajectory> replay) in parsed.Zip(replays))
            judged.Add(new Judged(pair, lesson, lesson!.IsTrueIn(world), await _verifier.VerifyAsync(pair.Question, replay[0], cancellationToken) == Verdict.Correct));
        judged.AddRange(lessons.Where(l => l.Lesson is null).Select(l => new Judged(l.Pair, null, IsTrue: false, IsRetained: false)));
        return judged;
    }

    private async Task<IReadOnlyList<IReadOnlyList<Trajectory>>> SampleAsync(
        IReadOnlyList<string> messages, int count, double temperature, int maxTokens, CancellationToken cancellationToken)
    {
        SamplingRequest[] requests = [.. messages.Select((m, i) => new SamplingRequest(sampler.Encode(m), count, SeededRandom.Mix(options.Seed + (ulong)i)))];
        return requests.Length == 0 ? [] : await sampler.SampleAsync(requests, new SamplingOptions { Temperature = temperature, MaxTokens = maxTokens }, cancellationToken);
    }

    private static double Share<T>(IEnumerable<T> items, Func<T, bool> has)
    {
        T[] all = [.. items];
        return all.Length == 0 ? double.NaN : (double)all.Count(has) / all.Length;
    }

    private sealed record Pair(Prompt Question, string Correct, string Incorrect)
    {
        public Lesson? Exact => Chain.TryParse(Correct, out Chain? right, out _) && Chain.TryParse(Incorrect, out Chain? wrong, out _) ? Lesson.Between(right, wrong) : null;
    }

    private sealed record Judged(Pair Pair, Lesson? Lesson, bool IsTrue, bool IsRetained);
}
