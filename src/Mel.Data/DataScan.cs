using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Mel.Data.Checks;
using Mel.Data.Files;
using Mel.Data.Layouts;

namespace Mel.Data;

/// <summary>
/// The one pass over all rows that opening a data set makes: it finds what is wrong, decides which rows are prompts, remembers where blocks of rows begin, and
/// makes the digest. Of a row it keeps some thirty bytes until it is through, and one afterwards.
/// </summary>
internal sealed class DataScan : IDisposable
{
    private const int BlockBytes = 256 << 10;

    private readonly DataFiles _files;
    private readonly DataLayout _layout;
    private readonly DataOptions _options;
    private readonly OverlapIndex _overlaps;
    private readonly IncrementalHash _digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly RowColumn<ulong> _questions = new(), _answers = new(), _ids = new();
    private readonly RowColumn<int> _numbers = new();
    private readonly List<(int Row, DataFindingKind Kind, string Detail)> _findings = [];
    private readonly Dictionary<DataFindingKind, long> _counts = Enum.GetValues<DataFindingKind>().ToDictionary(k => k, _ => 0L);

    public DataScan(DataFiles files, DataLayout layout, DataOptions options)
    {
        (_files, _layout, _options) = (files, layout, options);
        _overlaps = new OverlapIndex(options.EvaluationSets, options.OverlapWords, options.OverlapShare);
    }

    public List<RowBlock> Blocks { get; } = [];

    public List<RowFate> Fates { get; } = [];

    public string Content { get; private set; } = "";

    /// <summary>Reads all rows.</summary>
    public DataReport Run(CancellationToken cancellationToken)
    {
        int most = _options.Limit ?? int.MaxValue;
        for (int file = 0; file < _files.Count && Fates.Count < most; file++)
        {
            using IRowReader reader = _files.Open(file, _layout);
            while (Fates.Count < most && ReadBlock(reader, file, most)) cancellationToken.ThrowIfCancellationRequested();
        }

        CompareQuestions();
        CompareNames();
        _digest.AppendData(MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(Fates)));
        Content = Convert.ToHexStringLower(_digest.GetHashAndReset().AsSpan(0, 16));
        return new DataReport(
            Fates.Count, Fates.Count(f => f != RowFate.LeftOut), _counts,
            [
                .. _findings.OrderBy(f => f.Row).Take(_options.ListedFindings)
                    .Select(f => new DataFinding(f.Kind, _files[FileOf(f.Row)], _numbers[f.Row], f.Detail)),
            ]);
    }

    public void Dispose() => _digest.Dispose();

    private bool ReadBlock(IRowReader reader, int file, int most)
    {
        RowMark mark = reader.Mark();
        int first = Fates.Count;
        long bytes = 0;
        while (bytes < BlockBytes && Fates.Count < most && reader.Read() is { } document)
        {
            using (document) ReadRow(document.RootElement, reader);
            bytes += reader.RowBytes;
        }

        if (Fates.Count > first) Blocks.Add(new RowBlock(file, mark, first, Fates.Count - first, bytes));
        return Fates.Count > first;
    }

    private void ReadRow(JsonElement json, IRowReader reader)
    {
        PromptRow row = PromptRow.Read(json, _layout, reader.Fault);
        int index = Fates.Count;
        Fates.Add(RowFate.Kept);
        _numbers.Add(checked((int)reader.Number));
        _questions.Add(0);
        _answers.Add(0);
        _ids.Add(0);
        foreach (string part in (string[])[row.Id ?? "", .. row.Messages?.Select(m => $"{m.Role}\u0002{m.Text}") ?? [row.Text ?? ""], row.Answer ?? ""])
            _digest.AppendData(Encoding.UTF8.GetBytes(part + "\u0001"));
        if (row.IsEmpty)
        {
            Found(index, DataFindingKind.Empty, string.IsNullOrWhiteSpace(row.Text) ? "there is no question" : "there is no answer", leaveOut: true);
            return;
        }

        if (_options.EvaluationSets.Count > 0 && _overlaps.Find(Words.Of(row.Asked)) is { } question)
        {
            Found(index, DataFindingKind.Overlapping, question, _options.LeaveOutOverlaps);
            if (_options.LeaveOutOverlaps) return;
        }

        _questions[index] = Hash(string.Join(' ', row.Asked.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)));
        _answers[index] = Hash(row.Answer!.Trim());
        _ids[index] = row.Id is null ? 0 : Hash(row.Id);
    }

    private void CompareQuestions()
    {
        foreach (ArraySegment<int> alike in Alike(_questions))
        {
            bool conflict = alike.Any(row => _answers[row] != _answers[alike[0]]);
            foreach ((int i, int row) in alike.Index())
            {
                if (!conflict && i == 0) continue;
                int other = conflict ? alike.First(r => _answers[r] != _answers[row]) : alike[0];
                string place = $"row {_numbers[other]} of {Path.GetFileName(_files[FileOf(other)])} has the same question ";
                if (conflict) Found(row, DataFindingKind.Conflicting, place + "with another answer", _options.LeaveOutConflicts);
                else Found(row, DataFindingKind.Repeated, place + "and answer", _options.LeaveOutRepeats);
            }
        }
    }

    private void CompareNames()
    {
        foreach (ArraySegment<int> alike in Alike(_ids))
        {
            foreach (int row in alike.Where(r => Fates[r] == RowFate.Kept).Skip(1)) Fates[row] = RowFate.Renamed;
        }
    }

    /// <summary>Rows with the same number other than 0, in order, where there are several.</summary>
    private static IEnumerable<ArraySegment<int>> Alike(RowColumn<ulong> numbers)
    {
        int[] rows = new int[Enumerable.Range(0, numbers.Count).Count(row => numbers[row] != 0)];
        for (int row = 0, at = 0; row < numbers.Count; row++) if (numbers[row] != 0) rows[at++] = row;
        Array.Sort(rows, (a, b) => numbers[a].CompareTo(numbers[b]) is not 0 and var order ? order : a.CompareTo(b));
        for (int start = 0, end; start < rows.Length; start = end)
        {
            for (end = start + 1; end < rows.Length && numbers[rows[end]] == numbers[rows[start]];) end++;
            if (end == start + 1) continue;
            yield return new ArraySegment<int>(rows, start, end - start);
        }
    }

    private void Found(int row, DataFindingKind kind, string detail, bool leaveOut)
    {
        // A row has one finding.
        if (Fates[row] == RowFate.LeftOut) return;
        _counts[kind]++;
        if (leaveOut) Fates[row] = RowFate.LeftOut;
        _findings.Add((row, kind, detail));
        if (_findings.Count < 2 * _options.ListedFindings + 2) return;
        _findings.Sort((a, b) => a.Row.CompareTo(b.Row));
        _findings.RemoveRange(_options.ListedFindings, _findings.Count - _options.ListedFindings);
    }

    private int FileOf(int row)
    {
        int low = 0, high = Blocks.Count - 1;
        while (low < high)
        {
            int middle = (low + high + 1) / 2;
            if (Blocks[middle].First <= row) low = middle;
            else high = middle - 1;
        }

        return Blocks[low].File;
    }

    private static ulong Hash(string text) => BinaryPrimitives.ReadUInt64LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
