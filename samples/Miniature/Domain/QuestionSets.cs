using Mel.Prompts;

namespace Mel.Samples.Miniature;

/// <summary>Seeded sets of questions. A training set and a held-out set never share a question, whatever their seeds.</summary>
public static class QuestionSets
{
    /// <summary>Distinct questions to train on.</summary>
    /// <param name="world">Knows the answers.</param>
    /// <param name="count">Number of questions.</param>
    /// <param name="seed">Names the set.</param>
    public static IReadOnlyList<Prompt> Training(World world, int count, ulong seed)
        => Create(world, count, SeededRandom.For(seed, purpose: 2), heldOut: false);

    /// <summary>Distinct questions to evaluate on.</summary>
    /// <param name="world">Knows the answers.</param>
    /// <param name="count">Number of questions.</param>
    /// <param name="seed">Names the set.</param>
    public static IReadOnlyList<Prompt> HeldOut(World world, int count, ulong seed) => Create(world, count, SeededRandom.For(seed, purpose: 3), heldOut: true);

    private static List<Prompt> Create(World world, int count, SeededRandom random, bool heldOut)
    {
        ArgumentNullException.ThrowIfNull(world);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        var seen = new HashSet<Question>(count);
        var prompts = new List<Prompt>(count);
        while (prompts.Count < count)
        {
            var question = Question.Draw(random, heldOut, world.Shape);
            if (seen.Add(question)) prompts.Add(question.ToPrompt(world));
        }
        return prompts;
    }
}
