namespace Mel.Data;

/// <summary>
/// One number a row, in pieces: a list that doubles would hold three times its numbers while it grows. A piece of nothing but zeros takes no memory.
/// </summary>
internal sealed class RowColumn<T>
    where T : unmanaged, IEquatable<T>
{
    private const int PieceBits = 16;

    private readonly List<T[]?> _pieces = [];

    public int Count { get; private set; }

    public T this[int row]
    {
        get => _pieces[row >> PieceBits] is { } piece ? piece[row & ((1 << PieceBits) - 1)] : default;
        set
        {
            if (_pieces[row >> PieceBits] is null && value.Equals(default)) return;
            (_pieces[row >> PieceBits] ??= new T[1 << PieceBits])[row & ((1 << PieceBits) - 1)] = value;
        }
    }

    public void Add(T value)
    {
        if (Count >> PieceBits == _pieces.Count) _pieces.Add(null);
        this[Count++] = value;
    }
}
