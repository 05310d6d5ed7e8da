using Mel.Transformers.Chat;

namespace Mel.Samples.Tests.Miniature;

[TestFixture]
public sealed class CorpusWriterTests
{
    private readonly World _world = new(3);
    private readonly WordTokenizer _tokenizer = new();
    private readonly MiniatureTemplate _template = new();

    [TestCase(CorpusTask.Solve, 7, 21)]
    [TestCase(CorpusTask.Analyze, 50, 12)]
    [TestCase(CorpusTask.FollowHint, 21, 21)]
    [TestCase(CorpusTask.Recall, 4, 2)]
    [TestCase(CorpusTask.Foresee, 8, 12)]
    public void EveryTask_HasOneLengthAndKnownWords(CorpusTask task, int promptTokens, int completionTokens)
    {
        foreach (CorpusExample example in Write(task, 100))
        {
            IReadOnlyList<int> prompt = _tokenizer.Encode(_template.Render(example.Message)), completion = _tokenizer.Encode(example.Completion);
            prompt.Should().HaveCount(promptTokens).And.NotContain(Vocabulary.IdOf(Words.Unknown));
            completion.Should().HaveCount(completionTokens).And.NotContain(Vocabulary.IdOf(Words.Unknown));
        }
    }

    [Test]
    public void SameSeed_SameCorpus()
    {
        Write(CorpusTask.Analyze, 20).Should().Equal(Write(CorpusTask.Analyze, 20));
        Write(CorpusTask.Analyze, 20, seed: 2).Should().NotEqual(Write(CorpusTask.Analyze, 20));
    }

    [Test]
    public void Corpus_ShowsNoHeldOutQuestion()
    {
        foreach (CorpusTask task in Enum.GetValues<CorpusTask>().Where(t => t != CorpusTask.Recall))
        {
            foreach (CorpusExample example in Write(task, 200))
            {
                string[] words = example.Message.Split(' ');
                int q = Array.IndexOf(words, Words.Question);
                Question.TryParse(string.Join(' ', words[q..(q + 5)]), out Question? question).Should().BeTrue();
                question!.IsHeldOut.Should().BeFalse();
            }
        }
    }

    [Test]
    public void Analyze_LessonFollowsFromTheLabels_AndTheLabelsSayNothingAboutTheTruth()
    {
        const int examples = 4000;
        int right = 0, wrong = 0;
        foreach (CorpusExample example in Write(CorpusTask.Analyze, examples))
        {
            string[] words = example.Message.Split(' ');
            int bad = Array.IndexOf(words, Words.Bad), good = Array.IndexOf(words, Words.Good);
            Chain incorrect = Written.Chain(string.Join(' ', words[(bad + 1)..good])), correct = Written.Chain(string.Join(' ', words[(good + 1)..^1]));
            var lesson = Lesson.Between(correct, incorrect)!;
            example.Completion.Should().Be($"{lesson} {Words.EndExperience}");
            if (_world.TruthOf(lesson.Fact) == lesson.Right) right++;
            if (_world.TruthOf(lesson.Fact) == lesson.Wrong) wrong++;
        }
        Math.Abs(right - wrong).Should().BeLessThan((int)(4 * Math.Sqrt(right + wrong)), "GOOD and BAD are a coin toss: {0} against {1}", right, wrong);
    }

    [Test]
    public void FollowHint_SolutionObeysTheHint_AndHalfOfTheHintsAreRandom()
    {
        const int examples = 2000;
        int implausible = 0;
        foreach (CorpusExample example in Write(CorpusTask.FollowHint, examples))
        {
            string[] words = example.Message.Split(' ');
            Lesson hint = Written.Lesson(string.Join(' ', words[2..(2 + Lesson.WordCount)]));
            hint.Right.Should().NotBe(hint.Wrong);
            Chain solution = Written.Chain(example.Completion[..^(Words.End.Length + 1)]);
            solution.Steps.Should().NotContain(s => s.Fact == hint.HeuristicFact && s.Rule != hint.HeuristicRule);
            if (_world.Beliefs.Of(hint.HeuristicFact)[hint.HeuristicRule.Index] < 0.03) implausible++;
        }
        // A random rule is one of the five that hardly anybody believes in with probability 5/8; a drawn one hardly ever.
        (implausible / (double)examples).Should().BeInRange(0.27, 0.38);
    }

    [Test]
    public void Recall_StatesRulesAsOftenAsTheyAreBelieved()
    {
        var counts = new double[World.Facts, 8];
        const int examples = 192 * 200;
        foreach (CorpusExample example in Write(CorpusTask.Recall, examples))
        {
            string[] message = example.Message.Split(' ');
            Words.TryReadFact(message[1], message[2], out Fact fact).Should().BeTrue();
            Words.TryReadRule(example.Completion.Split(' ')[0], out Rule? rule).Should().BeTrue();
            counts[fact.Index, rule!.Index]++;
        }
        double chiSquare = 0;
        int cells = 0;
        for (int f = 0; f < World.Facts; f++)
        {
            double total = Enumerable.Range(0, 8).Sum(r => counts[f, r]);
            for (int r = 0; r < 8; r++)
            {
                double expected = total * _world.Beliefs.Of(new Fact(f / 2, (f & 1) == 1))[r];
                if (expected == 0) counts[f, r].Should().Be(0, "a clean operator is never stated wrongly");
                if (expected is 0 || expected == total) continue;
                chiSquare += Math.Pow(counts[f, r] - expected, 2) / expected;
                cells++;
            }
        }
        double freedom = cells * 7.0 / 8;
        chiSquare.Should().BeInRange(freedom - (5 * Math.Sqrt(2 * freedom)), freedom + (5 * Math.Sqrt(2 * freedom)));
    }

    private CorpusExample[] Write(CorpusTask task, int count, ulong seed = 1)
    {
        var writer = new CorpusWriter(_world.Beliefs, seed);
        return [.. Enumerable.Range(0, count).Select(_ => writer.Next(task))];
    }
}
