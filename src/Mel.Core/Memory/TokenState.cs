using System.Runtime.InteropServices;
using System.Text;
using Mel.Rollouts;

namespace Mel.Memory;

/// <summary>Reads and writes sequences of tokens in a checkpoint.</summary>
internal static class TokenState
{
    public static void Write(BinaryWriter writer, IReadOnlyList<TokenSequence> sequences)
    {
        writer.Write(sequences.Count);
        foreach (TokenSequence sequence in sequences)
        {
            Write(writer, sequence.Context);
            Write(writer, sequence.Response);
        }
    }

    public static List<TokenSequence> Read(BinaryReader reader, int most)
    {
        int count = Count(reader, most, "a number of sequences");
        List<TokenSequence> sequences = [];
        for (int i = 0; i < count; i++)
        {
            int[] context = Tokens(reader);
            sequences.Add(new TokenSequence(context, Tokens(reader)));
        }

        return sequences;
    }

    /// <summary>Lets a function read all of a state.</summary>
    /// <exception cref="FormatException">The state ends too early or too late, or the function refused it.</exception>
    public static T Read<T>(ReadOnlyMemory<byte> state, Func<BinaryReader, T> read)
    {
        using MemoryStream bytes = new(state.ToArray(), writable: false);
        using BinaryReader reader = new(bytes, Encoding.UTF8);
        try
        {
            T value = read(reader);
            Require(Left(reader) == 0, $"{Left(reader)} bytes follow its end");
            return value;
        }
        catch (EndOfStreamException e)
        {
            throw new FormatException("The state ends before its time.", e);
        }
    }

    public static int Count(BinaryReader reader, int most, string what)
    {
        int count = reader.ReadInt32();
        Require(count >= 0 && count <= most, $"{what} is {count}; 0 to {most} is expected");
        return count;
    }

    public static long Left(BinaryReader reader) => reader.BaseStream.Length - reader.BaseStream.Position;

    public static void Require(bool holds, string problem)
    {
        if (!holds) throw new FormatException($"The state cannot be read: {problem}.");
    }

    private static void Write(BinaryWriter writer, ReadOnlyMemory<int> tokens)
    {
        writer.Write(tokens.Length);
        writer.Write(MemoryMarshal.AsBytes(tokens.Span));
    }

    private static int[] Tokens(BinaryReader reader)
    {
        int length = Count(reader, (int)Math.Min(int.MaxValue, Left(reader) / sizeof(int)), "the number of tokens of a sequence");
        Require(length > 0, "a sequence has no token");
        int[] tokens = new int[length];
        reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(tokens.AsSpan()));
        foreach (int token in tokens) Require(token >= 0, $"a sequence has the token {token}");
        return tokens;
    }
}
