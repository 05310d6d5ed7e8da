namespace Mel.Data.Files;

/// <summary>
/// A file with pages in memory behind its end. The library that decodes columns reads whole columns; it is shown some pages of one at a time, decompressed,
/// so that a row group of any size takes little memory.
/// </summary>
/// <param name="file">The file; it is disposed with this stream.</param>
internal sealed class PagedStream(FileStream file) : Stream
{
    private readonly long _fileBytes = file.Length;
    private long _position;

    /// <summary>Where the pages begin.</summary>
    public long PagesAt => _fileBytes;

    /// <summary>The pages.</summary>
    public ReadOnlyMemory<byte> Pages { get; set; }

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => _fileBytes;

    public override long Position
    {
        get => _position;
        set => _position = value is >= 0 ? value : throw new InvalidDataException("a position lies before the beginning of the file");
    }

    public override long Seek(long offset, SeekOrigin origin)
        => Position = origin switch { SeekOrigin.Begin => offset, SeekOrigin.Current => _position + offset, _ => _fileBytes + offset };

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        int count;
        if (_position < _fileBytes)
        {
            file.Position = _position;
            count = file.Read(buffer[..(int)Math.Min(buffer.Length, _fileBytes - _position)]);
        }
        else
        {
            ReadOnlySpan<byte> rest = Pages.Span[(int)Math.Min(_position - _fileBytes, Pages.Length)..];
            count = Math.Min(rest.Length, buffer.Length);
            rest[..count].CopyTo(buffer);
        }

        // Who asks for bytes beyond the end would go on asking.
        if (count == 0 && buffer.Length > 0) throw new EndOfStreamException("values are missing");
        _position += count;
        return count;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
        => Task.FromResult(Read(buffer, offset, count));

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => ValueTask.FromResult(Read(buffer.Span));

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException("The stream is read only.");

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("The stream is read only.");

    protected override void Dispose(bool disposing)
    {
        if (disposing) file.Dispose();
        base.Dispose(disposing);
    }
}
