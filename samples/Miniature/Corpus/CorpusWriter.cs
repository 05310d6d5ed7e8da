namespace Mel.Samples.Miniature;

/// <summary>
/// Writes the warm-start corpus out of beliefs and chance; the truth is not at hand here. Which of two solutions is called correct is a coin toss, and half
/// of the hints state a random rule. So the corpus teaches how to solve, compare and take advice, and not what is true. Only questions of the training half
/// appear.
/// </summary>
/// <param name="beliefs">What is written down.</param>
/// <param name="seed">Names the corpus.</param>
public sealed class CorpusWriter(Beliefs beliefs, ulong seed)
{
    private readonly Beliefs _beliefs = beliefs ?? throw new ArgumentNullException(nameof(beliefs));
    private readonly SeededRandom _random = SeededRandom.For(seed, purpose: 4);

    /// <summary>Writes the next example of a task.</summary>
    public CorpusExample Next(CorpusTask task) => task switch
    {
        CorpusTask.Solve => Solve(),
        CorpusTask.Analyze => Analyze(),
        CorpusTask.FollowHint => FollowHint(),
        CorpusTask.Recall => Recall(),
        CorpusTask.Foresee => Foresee(),
        _ => throw new ArgumentOutOfRangeException(nameof(task), task, "The corpus has no such task."),
    };

    private CorpusExample Solve()
    {
        var question = Question.Draw(_random, heldOut: false, _beliefs.Shape);
        return new CorpusExample(CorpusTask.Solve, question.ToString(), Ended(Believed(question)));
    }

    private CorpusExample Analyze()
    {
        (Question question, Chain correct, Chain incorrect, Lesson lesson) = Disagreement();
        return new CorpusExample(CorpusTask.Analyze, MiniatureLanguage.Compare(question.ToString(), incorrect.ToString(), correct.ToString()), Ended(lesson));
    }

    private CorpusExample Foresee()
    {
        (Question question, _, _, Lesson lesson) = Disagreement();
        return new CorpusExample(CorpusTask.Foresee, MiniatureLanguage.Foresee(question.ToString()), Ended(lesson));
    }

    private CorpusExample FollowHint()
    {
        (Question question, _, _, Lesson drawn) = Disagreement();
        Rule advised = _random.Next(2) == 0 ? drawn.Right : Rule.All[_random.Next(Rule.All.Count)];
        Rule rejected = advised == drawn.Wrong ? drawn.Right : drawn.Wrong;
        var hint = new Lesson(drawn.Step, drawn.Value, drawn.Fact, advised, rejected, drawn.HeuristicFact, advised);
        Fact meant = _beliefs.Shape.Canonical(hint.Fact);
        Chain solution = Chain.Follow(question, fact => _beliefs.Shape.Canonical(fact) == meant ? hint.HeuristicRule : _beliefs.Draw(fact, _random));
        return new CorpusExample(CorpusTask.FollowHint, MiniatureLanguage.Advise(question.ToString(), hint.ToString()), Ended(solution));
    }

    private CorpusExample Recall()
    {
        var fact = new Fact(_random.Next(_beliefs.Shape.Names), _random.Next(2) == 1);
        return new CorpusExample(CorpusTask.Recall, MiniatureLanguage.Recall(fact), $"{_beliefs.Draw(fact, _random)} {Words.EndExperience}");
    }

    /// <summary>Two solutions of one question with different answers, called correct and incorrect by the order in which they were drawn.</summary>
    private (Question Question, Chain Correct, Chain Incorrect, Lesson Lesson) Disagreement()
    {
        while (true)
        {
            var question = Question.Draw(_random, heldOut: false, _beliefs.Shape);
            Chain correct = Believed(question), incorrect = Believed(question);
            if (correct.Answer != incorrect.Answer && Lesson.Between(correct, incorrect) is { } lesson)
                return (question, correct, incorrect, lesson with { HeuristicFact = Renamed(lesson.HeuristicFact) });
        }
    }

    /// <summary>The same fact under any name of its operator.</summary>
    private Fact Renamed(Fact fact)
    {
        WorldShape shape = _beliefs.Shape;
        return shape.NamesPerOperator == 1
            ? fact : fact with { Operator = (fact.Operator % shape.Operators) + (shape.Operators * _random.Next(shape.NamesPerOperator)) };
    }

    private Chain Believed(Question question) => Chain.Follow(question, fact => _beliefs.Draw(fact, _random));

    private static string Ended(Chain chain) => $"{chain} {Words.End}";

    private static string Ended(Lesson lesson) => $"{lesson} {Words.EndExperience}";
}
