namespace Mel.Runtime;

/// <summary>Compares token ids by content.</summary>
internal sealed class TokensComparer : IEqualityComparer<ReadOnlyMemory<int>>
{
    public static TokensComparer Instance { get; } = new();

    public bool Equals(ReadOnlyMemory<int> x, ReadOnlyMemory<int> y) => x.Equals(y) || x.Span.SequenceEqual(y.Span);

    public int GetHashCode(ReadOnlyMemory<int> tokens)
    {
        HashCode hash = default;
        foreach (int id in tokens.Span) hash.Add(id);
        return hash.ToHashCode();
    }
}
