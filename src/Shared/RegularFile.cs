namespace Mel.Runtime;

/// <summary>
/// Opens files that are not trusted. Only a regular file is opened: a pipe would wait for a writer that may never come, and a device has no end. What is read
/// is bounded by counting it, since the length that a file claims may be 0, or grow.
/// </summary>
internal static partial class RegularFile
{
    /// <summary>Opens a file for reading.</summary>
    /// <param name="path">The file; a link is followed.</param>
    /// <param name="fault">Makes the exception for what is no regular file or cannot be opened.</param>
    /// <param name="share">What others may do with the file meanwhile.</param>
    public static FileStream Open(string path, FileFault fault, FileShare share = FileShare.Read)
    {
        Require(KindOf(path), fault);
        FileStream stream;
        try
        {
            stream = new FileStream(path, FileMode.Open, FileAccess.Read, share, bufferSize: 1, FileOptions.SequentialScan);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(e, fault);
        }

        try
        {
            // Between the question and the opening, something else may have taken the place of the file.
            Require(KindOf(stream), fault);
            return stream;
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>Reads a whole file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="limit">The most bytes that are read.</param>
    /// <param name="fault">Makes the exception for a file that has more, is no regular file or cannot be read.</param>
    public static ReadOnlyMemory<byte> Read(string path, int limit, FileFault fault)
    {
        using FileStream stream = Open(path, fault);
        try
        {
            if (stream.Length > limit) throw fault($"the file has {stream.Length:N0} bytes, but at most {limit:N0} are read; check that it is the right file.");
            byte[] bytes = new byte[(int)stream.Length + 1];
            int count = 0;
            while (stream.Read(bytes, count, bytes.Length - count) is > 0 and var read)
            {
                count += read;
                if (count > limit) throw fault($"the file has more than {limit:N0} bytes, the most that are read; check that it is the right file.");
                if (count == bytes.Length) Array.Resize(ref bytes, (int)Math.Min(2L * bytes.Length + 512, limit + 1L));
            }

            return bytes.AsMemory(0, count);
        }
        catch (IOException e)
        {
            throw Unreadable(e, fault);
        }
    }

    /// <summary>The exception for a file that the system does not give.</summary>
    public static Exception Unreadable(Exception error, FileFault fault) => fault($"the file cannot be read ({Excerpt.Of(error.Message, 200)}).", error);

    private static void Require(FileKind kind, FileFault fault)
    {
        string? found = kind switch
        {
            FileKind.Regular => null,
            FileKind.Nothing => "not there, or a link that leads nowhere",
            FileKind.Folder => "a folder",
            FileKind.Pipe => "a pipe (FIFO)",
            FileKind.Device => "a device",
            _ => "no regular file",
        };
        if (found is not null) throw fault($"it is {found}; give a regular file.");
    }
}
