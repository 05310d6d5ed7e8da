using System.Text;

namespace Mel.Memory;

/// <summary>The bytes in which a checkpoint holds a memory. Everything that is read is checked: a checkpoint is a file, and files are damaged.</summary>
internal static class MemoryState
{
    private const int Format = 1;

    public static ReadOnlyMemory<byte> Save(int step, IReadOnlyList<RememberedKey> keys)
    {
        using MemoryStream bytes = new();
        using (BinaryWriter writer = new(bytes, Encoding.UTF8, leaveOpen: true))
        {
            writer.Write(Format);
            writer.Write(step);
            writer.Write(keys.Count);
            foreach (RememberedKey key in keys)
            {
                Write(writer, key.Key);
                writer.Write(key.OtherVotes);
                writer.Write(key.LastStep);
                writer.Write(key.Answers.Count);
                foreach (RememberedAnswer answer in key.Answers)
                {
                    Write(writer, answer.Text);
                    writer.Write(answer.Votes);
                    TokenState.Write(writer, answer.Wordings);
                }
            }
        }

        return bytes.ToArray();
    }

    /// <exception cref="FormatException">The bytes are no memory, or one larger than the options allow.</exception>
    public static (int Step, List<RememberedKey> Keys) Load(ReadOnlyMemory<byte> state, ExperienceMemoryOptions options) => TokenState.Read(state, reader =>
    {
        TokenState.Require(reader.ReadInt32() == Format, $"it is no memory of format {Format}");
        int step = TokenState.Count(reader, int.MaxValue, "a step");
        int keys = TokenState.Count(reader, options.MaxKeys, $"a number of keys, which {nameof(options.MaxKeys)} bounds,");
        HashSet<string> seen = new(StringComparer.Ordinal);
        List<RememberedKey> read = [];
        for (int k = 0; k < keys; k++)
        {
            RememberedKey key = new(Text(reader)) { OtherVotes = Votes(reader), LastStep = TokenState.Count(reader, step, "the step of a vote") };
            TokenState.Require(seen.Add(key.Key), "it has a key twice");
            int answers = TokenState.Count(reader, options.MaxAnswers, $"a number of answers, which {nameof(options.MaxAnswers)} bounds,");
            for (int a = 0; a < answers; a++)
            {
                string text = Text(reader);
                double votes = Votes(reader);
                RememberedAnswer answer = new(text) { Votes = votes, Wordings = TokenState.Read(reader, options.MaxWordings) };
                TokenState.Require(answer.Wordings.Count > 0, "it has an answer without a wording");
                key.Answers.Add(answer);
            }

            read.Add(key);
        }

        return (step, read);
    });

    // In UTF-16, so that a text with half a surrogate pair, which a policy may write, is the same when it is read.
    public static void Write(BinaryWriter writer, string text)
    {
        writer.Write(text.Length);
        foreach (char unit in text) writer.Write((ushort)unit);
    }

    public static string Text(BinaryReader reader)
    {
        int length = TokenState.Count(reader, (int)Math.Min(int.MaxValue, TokenState.Left(reader) / sizeof(ushort)), "the length of a text");
        char[] units = new char[length];
        for (int i = 0; i < length; i++) units[i] = (char)reader.ReadUInt16();
        return new string(units);
    }

    private static double Votes(BinaryReader reader)
    {
        double votes = reader.ReadDouble();
        TokenState.Require(double.IsFinite(votes) && votes >= 0, $"it has {votes} votes; a finite number of at least 0 is expected");
        return votes;
    }
}
