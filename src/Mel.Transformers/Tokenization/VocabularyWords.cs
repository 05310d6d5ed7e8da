namespace Mel.Transformers.Tokenization;

/// <summary>
/// Looks a word's bytes up in the vocabulary as a whole, for tokenizers in which a word that is a token is never split (<c>ignore_merges</c>).
/// </summary>
/// <param name="vocabulary">Tokens in the byte-level alphabet, and their ids.</param>
internal sealed class VocabularyWords(Dictionary<string, int> vocabulary)
{
    private const int LongestSpelled = 512;

    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _ids = vocabulary.GetAlternateLookup<ReadOnlySpan<char>>();
    private readonly int _longest = Math.Min(LongestSpelled, vocabulary.Keys.Max(token => token.Length));

    /// <summary>The id of a word that is a token; words of more than 512 bytes are left to the merges.</summary>
    public bool TryGet(ReadOnlySpan<byte> word, out int id)
    {
        id = -1;
        if (word.Length > _longest) return false;
        Span<char> spelled = stackalloc char[word.Length];
        for (int i = 0; i < word.Length; i++) spelled[i] = ByteLevelAlphabet.Spell(word[i]);
        return _ids.TryGetValue(spelled, out id);
    }
}
