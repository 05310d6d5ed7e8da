using Mel.Runtime;

namespace Mel.Evaluation;

/// <summary>
/// A file with one judged attempt a line, JSON each. Its first line says what was evaluated and how: the settings of sampler, verifier, data and evaluation.
/// </summary>
/// <remarks>A process that was killed while it wrote leaves half a last line. Such a line is passed over, and cut off when the evaluation goes on.</remarks>
public sealed class EvaluationRecords
{
    private EvaluationRecords(IReadOnlyDictionary<string, string> settings, IReadOnlyList<EvaluationRecord> records)
        => (Settings, Records) = (settings, records);

    /// <summary>The value of every setting by name, for instance <c>sampler.weights</c> and <c>Temperature</c>.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; }

    /// <summary>The attempts, in the order of the file.</summary>
    public IReadOnlyList<EvaluationRecord> Records { get; }

    /// <summary>Reads a file. It may still be being written.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="EvaluationRecordsException">There is no such file, or it is not one of records.</exception>
    public static EvaluationRecords Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using FileStream file = RegularFile.Open(path, (problem, inner) => new EvaluationRecordsException(path, 0, problem, inner), FileShare.ReadWrite);
        return Read(path, file) ?? throw new EvaluationRecordsException(path, 0, "the file holds no whole line; was the evaluation stopped before its first?");
    }

    /// <summary>Reads the whole lines of a stream; null where there is none.</summary>
    internal static EvaluationRecords? Read(string path, Stream stream)
    {
        long end = EndOfLines(stream);
        if (end == 0) return null;
        IReadOnlyDictionary<string, string>? settings = null;
        List<EvaluationRecord> records = [];
        HashSet<(string, int)> seen = [];
        int number = 0;
        long at = 0;
        stream.Position = 0;
        foreach (ReadOnlyMemory<byte> line in BoundedLines.Of(stream, FileLimits.LineBytes, TooLong))
        {
            if (at >= end) break;
            at += line.Length + 1;
            number++;
            if (settings is null)
            {
                settings = EvaluationRecordJson.ReadHeader(line, Fault);
                continue;
            }

            EvaluationRecord record = EvaluationRecordJson.Read(line, Fault);
            if (!seen.Add((record.Question, record.Sample)))
                throw Fault($"attempt {record.Sample} at question {Excerpt.Quoted(record.Question)} occurred before; every attempt has one line.");
            records.Add(record);
        }

        return new EvaluationRecords(settings!, records);

        EvaluationRecordsException Fault(string problem, Exception? inner = null) => new(path, number, problem, inner);
        EvaluationRecordsException TooLong(int line) => new(path, line, $"the line has more than {FileLimits.LineBytes:N0} bytes, the most that are read.");
    }

    /// <summary>The place behind the last line feed, so behind the last line that is whole; 0 where there is none.</summary>
    internal static long EndOfLines(Stream stream)
    {
        byte[] buffer = new byte[64 << 10];
        for (long end = stream.Length; end > 0;)
        {
            int size = (int)Math.Min(buffer.Length, end);
            end -= size;
            stream.Position = end;
            stream.ReadExactly(buffer, 0, size);
            int at = buffer.AsSpan(0, size).LastIndexOf((byte)'\n');
            if (at >= 0) return end + at + 1;
        }

        return 0;
    }
}
