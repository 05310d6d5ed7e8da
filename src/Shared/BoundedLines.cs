namespace Mel.Runtime;

/// <summary>Reads the lines of a file with no more of it in memory than the longest line that is allowed.</summary>
internal static class BoundedLines
{
    private const int FirstBufferBytes = 64 << 10;

    /// <summary>The lines, without their ends: a line feed, a carriage return, or both. A line is valid until the next one is asked for.</summary>
    /// <param name="stream">The file.</param>
    /// <param name="longest">The most bytes of a line.</param>
    /// <param name="tooLong">Makes the exception for a line that has more, from its number, counted from 1.</param>
    public static IEnumerable<ReadOnlyMemory<byte>> Of(Stream stream, int longest, Func<int, Exception> tooLong)
    {
        byte[] buffer = new byte[Math.Min(FirstBufferBytes, longest + 1)];
        int start = 0, searched = 0, end = 0, number = 1;
        for (bool more = true, afterReturn = false; ;)
        {
            if (afterReturn && start < end)
            {
                if (buffer[start] == (byte)'\n') searched = ++start;
                afterReturn = false;
            }

            int length = buffer.AsSpan(searched, end - searched).IndexOfAny((byte)'\n', (byte)'\r');
            if (length >= 0)
            {
                int at = searched + length;
                yield return buffer.AsMemory(start, at - start);
                afterReturn = buffer[at] == (byte)'\r';
                start = searched = at + 1;
                number++;
                continue;
            }

            searched = end;
            if (end - start > longest) throw tooLong(number);
            if (!more)
            {
                if (end > start) yield return buffer.AsMemory(start, end - start);
                yield break;
            }

            if (start > 0)
            {
                buffer.AsSpan(start, end - start).CopyTo(buffer);
                (end, searched, start) = (end - start, searched - start, 0);
            }

            if (end == buffer.Length) Array.Resize(ref buffer, (int)Math.Min(2L * buffer.Length, longest + 1L));
            int read = stream.Read(buffer, end, buffer.Length - end);
            more = read > 0;
            end += read;
        }
    }
}
