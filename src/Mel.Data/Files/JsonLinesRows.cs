using System.Text;
using System.Text.Json;
using Mel.Runtime;

namespace Mel.Data.Files;

/// <summary>Reads the rows of a file with one JSON object a line. Blank lines are passed over.</summary>
internal sealed class JsonLinesRows : IRowReader
{
    private const int FirstBufferBytes = 1 << 16;

    private readonly FileStream _file;
    private byte[] _buffer = new byte[FirstBufferBytes];
    private int _start, _end;
    private long _offset;        // of _start in the file

    /// <param name="path">A UTF-8 file.</param>
    /// <exception cref="DataFormatException">It is no regular file.</exception>
    public JsonLinesRows(string path)
    {
        Path = path;
        _file = RegularFile.Open(path, (problem, inner) => new DataFormatException(path, 0, problem, inner));
    }

    public string Path { get; }

    public long Number { get; private set; }

    public int RowBytes { get; private set; }

    public IReadOnlyList<string>? Columns => null;

    public void Keep(IReadOnlySet<string> columns)
    {
    }

    public JsonDocument? Read()
    {
        while (NextLine() is { } line)
        {
            if (line.Span.Trim(" \t\v\f\r"u8).IsEmpty) continue;
            RowBytes = line.Length;
            JsonDocument row = UntrustedJson.Parse(line, Fault, duplicates: true);
            if (row.RootElement.ValueKind == JsonValueKind.Object) return row;
            using (row) throw Fault($"found a JSON {UntrustedJson.NameOf(row.RootElement.ValueKind)}, but every line is a JSON object.");
        }

        return null;

        DataFormatException Fault(string problem, Exception? inner = null) => new(Path, Number, problem, inner);
    }

    public RowMark Mark() => new(Number, _offset, 0, 0, []);

    public void Seek(RowMark mark)
    {
        Number = mark.Before;
        _offset = mark.Offset;
        _file.Position = mark.Offset;
        (_start, _end) = (0, 0);
    }

    public void Dispose() => _file.Dispose();

    private ReadOnlyMemory<byte>? NextLine()
    {
        for (int searched = 0; ;)
        {
            int length = _buffer.AsSpan(_start + searched, _end - _start - searched).IndexOf((byte)'\n');
            if (length >= 0) return Take(searched + length, 1);
            searched = _end - _start;
            if (searched > FileLimits.LineBytes)
            {
                throw new DataFormatException(
                    Path, Number + 1,
                    $"the line has more than {FileLimits.LineBytes:N0} bytes, the most that are read. Is this a file with one JSON object a line?");
            }

            // A null without its type would become an empty line.
            if (!Fill()) return searched > 0 ? Take(searched, 0) : default(ReadOnlyMemory<byte>?);
        }
    }

    private ReadOnlyMemory<byte> Take(int length, int end)
    {
        ReadOnlyMemory<byte> line = _buffer.AsMemory(_start, length);
        if (_offset == 0 && line.Span.StartsWith(Encoding.UTF8.Preamble)) line = line[Encoding.UTF8.Preamble.Length..];
        _start += length + end;
        _offset += length + end;
        Number++;
        return line;
    }

    private bool Fill()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }

        if (_end == _buffer.Length) Array.Resize(ref _buffer, 2 * _buffer.Length);
        try
        {
            int read = _file.Read(_buffer, _end, _buffer.Length - _end);
            _end += read;
            return read > 0;
        }
        catch (IOException e)
        {
            throw RegularFile.Unreadable(e, (problem, inner) => new DataFormatException(Path, Number, problem, inner));
        }
    }
}
