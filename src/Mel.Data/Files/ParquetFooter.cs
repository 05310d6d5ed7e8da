using System.Buffers.Binary;
using Mel.Runtime;
using Microsoft.Win32.SafeHandles;

namespace Mel.Data.Files;

/// <summary>Checks the frame of a parquet file and the shape of its footer, before a library builds anything from it.</summary>
internal static class ParquetFooter
{
    private const int LargestFooter = 64 << 20, MostFields = 1 << 14, DeepestField = 24;

    /// <summary>Checks a file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="fault">Makes the exception for what is no such file.</param>
    public static void Check(SafeFileHandle file, FileFault fault)
    {
        long bytes = RandomAccess.GetLength(file);
        byte[] head = Read(file, 0, (int)Math.Min(bytes, 32));
        if (head.AsSpan().StartsWith("version https://git-lfs"u8))
            throw fault("it is a Git LFS pointer, not the file itself; fetch the file with 'git lfs pull'.");
        if (bytes == 0) throw fault("the file is empty, but a parquet file is expected.");
        if (!head.AsSpan().StartsWith("PAR1"u8))
        {
            throw fault(head.AsSpan().StartsWith("PARE"u8)
                ? "its footer is encrypted, which is not read; write the file without encryption."
                : "it does not begin with 'PAR1', as a parquet file does; check that it is the right file, and whole.");
        }

        byte[] tail = bytes < 12 ? new byte[8] : Read(file, bytes - 8, 8);
        if (!tail.AsSpan(4).SequenceEqual("PAR1"u8)) throw fault("it does not end with 'PAR1', as a parquet file does: it was cut short; fetch it again.");
        int length = BinaryPrimitives.ReadInt32LittleEndian(tail);
        if (length <= 0 || length > bytes - 12)
            throw fault($"its footer claims {(uint)length:N0} bytes, but the file has {bytes:N0}: it is damaged; fetch it again.");
        if (length > LargestFooter) throw fault($"its footer has {length:N0} bytes, but at most {LargestFooter:N0} are read.");
        try
        {
            CheckText(Read(file, bytes - 8 - length, length));
        }
        catch (IOException e)
        {
            throw fault($"its footer is damaged ({e.Message}); fetch it again.", e);
        }
        catch (InvalidDataException e)
        {
            throw fault($"its footer is damaged ({e.Message}); fetch it again.", e);
        }
    }

    private static void CheckText(byte[] footer)
    {
        var text = new ThriftText(footer);
        List<long> children = [];
        text.Fields((field, type) =>
        {
            if (field != 2 || type != ThriftText.List) return false;
            text.Elements(
                element =>
                {
                    if (element != ThriftText.Struct) return false;
                    long count = 0;
                    text.Fields(
                        (f, t) =>
                        {
                            if (f != 5 || t != ThriftText.Int32) return false;
                            count = text.SignedNumber();
                            return true;
                        },
                        2);
                    children.Add(count);
                    return true;
                },
                1);
            return true;
        });
        CheckTree(children);
    }

    /// <summary>The fields stand in the order of a walk through their tree, each with the number of its children.</summary>
    private static void CheckTree(List<long> children)
    {
        if (children.Count > MostFields) throw new InvalidDataException($"it has {children.Count:N0} fields, but at most {MostFields:N0} are read");
        Stack<long> open = new();
        foreach ((int i, long count) in children.Index())
        {
            if (count < 0 || count > children.Count || (i > 0 && open.Count == 0)) throw new InvalidDataException("its fields are no tree");
            if (i > 0) open.Push(open.Pop() - 1);
            if (count > 0) open.Push(count);
            while (open.TryPeek(out long rest) && rest == 0) open.Pop();
            if (open.Count > DeepestField) throw new InvalidDataException($"fields are nested deeper than {DeepestField} levels");
        }

        if (children.Count == 0 || open.Count > 0) throw new InvalidDataException("its fields are no tree");
    }

    private static byte[] Read(SafeFileHandle file, long at, int count)
    {
        byte[] bytes = new byte[count];
        for (int read = 0; read < count;)
        {
            int more = RandomAccess.Read(file, bytes.AsSpan(read), at + read);
            if (more == 0) throw new EndOfStreamException("the file ends early");
            read += more;
        }

        return bytes;
    }
}
