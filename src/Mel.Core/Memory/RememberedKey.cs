using Mel.Rollouts;

namespace Mel.Memory;

/// <summary>The votes of one key.</summary>
/// <param name="key">The key.</param>
internal sealed class RememberedKey(string key)
{
    public string Key { get; } = key;

    public List<RememberedAnswer> Answers { get; init; } = [];

    /// <summary>Votes of answers that were forgotten for want of room.</summary>
    public double OtherVotes { get; set; }

    public int LastStep { get; set; }

    public double Votes => OtherVotes + Answers.Sum(a => a.Votes);

    public void Age(double factor)
    {
        OtherVotes *= factor;
        foreach (RememberedAnswer answer in Answers) answer.Votes *= factor;
    }

    public void Vote(string text, TokenSequence wording, double votes, int step, ExperienceMemoryOptions options)
    {
        LastStep = step;
        RememberedAnswer? answer = Answers.Find(a => a.Text == text);
        if (answer is null)
        {
            if (Answers.Count == options.MaxAnswers)
            {
                RememberedAnswer weakest = Answers.MinBy(a => a.Votes)!;
                OtherVotes += weakest.Votes;
                Answers.Remove(weakest);
            }

            Answers.Add(answer = new RememberedAnswer(text));
        }

        answer.Votes += votes;
        if (answer.Wordings.Exists(w => IsSame(w, wording))) return;
        if (answer.Wordings.Count == options.MaxWordings) answer.Wordings.RemoveAt(0);
        answer.Wordings.Add(wording);
    }

    /// <summary>The leading answer where it is trusted; of several with as many votes the one that came first.</summary>
    public RememberedAnswer? Consensus(ExperienceMemoryOptions options)
    {
        RememberedAnswer? leader = Answers.MaxBy(a => a.Votes);
        return leader is not null && leader.Votes >= options.MinimumVotes && leader.Votes >= options.MinimumShare * Votes ? leader : null;
    }

    private static bool IsSame(TokenSequence a, TokenSequence b)
        => a.Context.Span.SequenceEqual(b.Context.Span) && a.Response.Span.SequenceEqual(b.Response.Span);
}

/// <summary>An answer, its votes and its wordings.</summary>
/// <param name="text">The answer as it is compared.</param>
internal sealed class RememberedAnswer(string text)
{
    public string Text { get; } = text;

    public double Votes { get; set; }

    public List<TokenSequence> Wordings { get; init; } = [];
}
