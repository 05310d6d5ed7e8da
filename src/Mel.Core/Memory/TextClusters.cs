namespace Mel.Memory;

/// <summary>Texts that are taken for one another, and how often each word occurred.</summary>
/// <param name="similarity">Cosine from which on two texts are one.</param>
/// <param name="maxTexts">Largest number of first texts.</param>
/// <param name="maxWords">Largest number of words that are counted.</param>
internal sealed class TextClusters(double similarity, int maxTexts, int maxWords)
{
    private readonly List<(string Text, string[] Words, long Met)> _firsts = [];
    private readonly Dictionary<string, int> _counts = new(StringComparer.Ordinal);
    private long _texts;

    /// <summary>The first text of the cluster that a text belongs to; the text itself where it begins one.</summary>
    public string Resolve(string text, WordWeights weights)
    {
        string[] words = WordsOf(text);
        foreach (string word in words.Distinct(StringComparer.Ordinal))
        {
            if (_counts.TryGetValue(word, out int count)) _counts[word] = count + 1;
            else if (_counts.Count < maxWords) _counts.Add(word, 1);
        }

        _texts++;
        int best = _firsts.FindIndex(f => f.Text == text);
        if (best < 0 && similarity < 1)
        {
            double highest = similarity;
            for (int i = 0; i < _firsts.Count; i++)
            {
                double cosine = weights.Cosine(words, _firsts[i].Words, WeightOf);
                if (cosine >= highest && (best < 0 || cosine > highest)) (best, highest) = (i, cosine);
            }
        }

        if (best < 0)
        {
            if (_firsts.Count == maxTexts) _firsts.Remove(_firsts.MinBy(f => f.Met));
            _firsts.Add((text, words, _texts));
            return text;
        }

        _firsts[best] = _firsts[best] with { Met = _texts };
        return _firsts[best].Text;
    }

    public void Save(BinaryWriter writer)
    {
        writer.Write(_texts);
        writer.Write(_firsts.Count);
        foreach ((string text, _, long met) in _firsts)
        {
            MemoryState.Write(writer, text);
            writer.Write(met);
        }

        writer.Write(_counts.Count);
        foreach ((string word, int count) in _counts.OrderBy(c => c.Key, StringComparer.Ordinal))
        {
            MemoryState.Write(writer, word);
            writer.Write(count);
        }
    }

    /// <summary>Reads and checks everything; the returned action takes it over.</summary>
    public Action Load(BinaryReader reader)
    {
        long texts = reader.ReadInt64();
        TokenState.Require(texts >= 0, $"it counts {texts} texts");
        List<(string Text, string[] Words, long Met)> firsts = [];
        int clusters = TokenState.Count(reader, maxTexts, $"a number of clusters, which {nameof(ClaimClusterOptions.MaxClusters)} bounds,");
        for (int i = 0; i < clusters; i++)
        {
            string text = MemoryState.Text(reader);
            firsts.Add((text, WordsOf(text), reader.ReadInt64()));
        }

        Dictionary<string, int> counts = new(StringComparer.Ordinal);
        int words = TokenState.Count(reader, maxWords, $"a number of words, which {nameof(ClaimClusterOptions.MaxWords)} bounds,");
        for (int i = 0; i < words; i++)
        {
            string word = MemoryState.Text(reader);
            int count = TokenState.Count(reader, int.MaxValue, "the count of a word");
            TokenState.Require(counts.TryAdd(word, count), "it has a word twice");
        }

        return () =>
        {
            _texts = texts;
            _firsts.Clear();
            _firsts.AddRange(firsts);
            _counts.Clear();
            foreach ((string word, int count) in counts) _counts.Add(word, count);
        };
    }

    private static string[] WordsOf(string text) => text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Rare words tell texts apart, those in every text do not: the logarithm of the inverse share of texts with the word.</summary>
    private double WeightOf(string word) => Math.Log((1.0 + _texts) / _counts.GetValueOrDefault(word, 1)) + 1e-3;
}
