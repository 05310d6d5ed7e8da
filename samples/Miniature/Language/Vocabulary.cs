using System.Collections.Frozen;

namespace Mel.Samples.Miniature;

/// <summary>
/// The words and their token ids: 15 with a fixed meaning, 8 steps, 2 parities, 8 rules, 32 values, and the names of operators. A world of the standard shape
/// has 96 names and so 161 words.
/// </summary>
public static class Vocabulary
{
    private static readonly string[] AllWords =
    [
        Words.Padding, Words.Begin, Words.End, Words.Unknown, Words.EndExperience,
        Words.Question, Words.Solve, Words.Answer, Words.Inspect, Words.Bad, Words.Good, Words.Bifurcation, Words.Not, Words.Heuristic, Words.Hint,
        .. Enumerable.Range(1, Question.MaxLength).Select(k => $"step{k}"),
        "even", "odd",
        .. Rule.All.Select(r => r.Word),
        .. Enumerable.Range(0, Rule.Modulus).Select(v => $"{v}"),
        .. Enumerable.Range(0, WorldShape.MaxNames).Select(op => $"op{op}"),
    ];

    private static readonly FrozenDictionary<string, int> Ids = AllWords.Select((word, id) => (word, id)).ToFrozenDictionary(x => x.word, x => x.id);

    /// <summary>Number of words in a world of the standard shape.</summary>
    public static int Size => WorldShape.Standard.VocabularySize;

    /// <summary>Number of words that are no names of operators; those come after them.</summary>
    internal static int WordsBeforeOperators => AllWords.Length - WorldShape.MaxNames;

    /// <summary>Token that fills the rest of a row.</summary>
    public static int PaddingId { get; } = IdOf(Words.Padding);

    /// <summary>Token that begins every prompt.</summary>
    public static int BeginId { get; } = IdOf(Words.Begin);

    /// <summary>Token that ends a solution.</summary>
    public static int EndId { get; } = IdOf(Words.End);

    /// <summary>Token that ends a meta-experience.</summary>
    public static int EndExperienceId { get; } = IdOf(Words.EndExperience);

    /// <summary>The token of a word; an unknown word has the token of <see cref="Words.Unknown"/>.</summary>
    public static int IdOf(string word) => Ids.TryGetValue(word, out int id) ? id : Ids[Words.Unknown];

    /// <summary>The word of a token, or null when there is none.</summary>
    public static string? WordOf(int id) => (uint)id < (uint)AllWords.Length ? AllWords[id] : null;

    /// <summary>
    /// Whether a token ends a text and so leaves no word in it. The begin, padding and unknown tokens do leave a word: where a model writes one, the text must
    /// read as malformed.
    /// </summary>
    public static bool IsStop(int id) => id == EndId || id == EndExperienceId;
}
