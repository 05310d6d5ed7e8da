using System.Globalization;
using Mel.Prompts;

namespace Mel.Data.Checks;

/// <summary>
/// Finds questions of evaluation sets in other texts. A text overlaps a question where their words are the same, or where it holds a share of the question's
/// sequences of so many words. A question of fewer words than a sequence is looked for as a whole, and only if it has at least eight.
/// </summary>
internal sealed class OverlapIndex
{
    private const int FewestWords = 8;

    private readonly Dictionary<ulong, int> _whole = [];
    private readonly SortedDictionary<int, Dictionary<ulong, List<int>>> _sequences = [];
    private readonly List<(string Name, int Sequences)> _questions = [];
    private readonly double _share;

    /// <param name="sets">The evaluation sets by name.</param>
    /// <param name="words">Words of a sequence.</param>
    /// <param name="share">The share of a question's sequences from which on a text overlaps it.</param>
    public OverlapIndex(IReadOnlyDictionary<string, IReadOnlyList<Prompt>> sets, int words, double share)
    {
        _share = share;
        foreach ((string set, IReadOnlyList<Prompt> prompts) in sets.OrderBy(s => s.Key, StringComparer.Ordinal))
        {
            foreach (Prompt prompt in prompts) Add($"{set}: {prompt.Id}", Words.Of(prompt.Text), words);
        }
    }

    /// <summary>The name of the question that a text overlaps most, in words how much, or null.</summary>
    /// <param name="text">Words of the text.</param>
    public string? Find(IReadOnlyList<ulong> text)
    {
        if (_questions.Count == 0) return null;
        if (_whole.TryGetValue(Words.Hash(text), out int same)) return $"the same words as {_questions[same].Name}";
        Dictionary<int, int> found = [];
        foreach ((int length, Dictionary<ulong, List<int>> index) in _sequences)
        {
            foreach (ulong sequence in Words.Sequences(text, length).Distinct())
            {
                foreach (int question in index.GetValueOrDefault(sequence, [])) found[question] = found.GetValueOrDefault(question) + 1;
            }
        }

        return found.Select(f => (Question: f.Key, Share: (double)f.Value / _questions[f.Key].Sequences)).Where(f => f.Share >= _share)
            .OrderByDescending(f => f.Share).ThenBy(f => f.Question)
            .Select(f => string.Create(CultureInfo.InvariantCulture, $"{100 * f.Share:F0} % of the word sequences of {_questions[f.Question].Name}"))
            .FirstOrDefault();
    }

    private void Add(string name, List<ulong> text, int words)
    {
        if (text.Count == 0) return;
        int question = _questions.Count, length = Math.Min(words, text.Count);
        _whole.TryAdd(Words.Hash(text), question);
        ulong[] sequences = length < Math.Min(FewestWords, words) ? [] : [.. Words.Sequences(text, length).Distinct()];
        _questions.Add((name, Math.Max(1, sequences.Length)));
        if (sequences.Length == 0) return;
        if (!_sequences.TryGetValue(length, out Dictionary<ulong, List<int>>? index)) _sequences[length] = index = [];
        foreach (ulong sequence in sequences)
        {
            if (!index.TryGetValue(sequence, out List<int>? questions)) index[sequence] = questions = [];
            questions.Add(question);
        }
    }
}
