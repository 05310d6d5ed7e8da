using System.Text.Json;
using Mel.Data.Files;
using Mel.Data.Layouts;
using Mel.Prompts;

namespace Mel.Data;

/// <summary>The files of a data set: opens them again and again, and sees that they stay what they were.</summary>
internal sealed class DataFiles
{
    private readonly (string Path, string Name, long Bytes, DateTime Written)[] _files;

    /// <param name="paths">The files.</param>
    public DataFiles(IReadOnlyList<string> paths)
    {
        HashSet<string> names = new(StringComparer.Ordinal);
        bool distinct = paths.All(p => names.Add(Path.GetFileName(p)));
        _files =
        [
            .. paths.Index().Select(p => (p.Item, (distinct ? "" : $"{p.Index + 1}/") + Path.GetFileName(p.Item), Length(p.Item), Written(p.Item))),
        ];
    }

    public int Count => _files.Length;

    public string this[int file] => _files[file].Path;

    /// <summary>Opens a file.</summary>
    /// <exception cref="DataFormatException">The file is damaged, or another one than before.</exception>
    public IRowReader Open(int file, DataLayout? layout = null)
    {
        (string path, _, long bytes, DateTime written) = _files[file];
        IRowReader reader = RowReader.Open(path);
        try
        {
            if (Length(path) != bytes || Written(path) != written)
                throw reader.Fault("the file has changed since the data set was opened; a run reads the same files from beginning to end.");
            if (layout is not null) reader.Keep(ColumnsOf(layout));
            return reader;
        }
        catch
        {
            reader.Dispose();
            throw;
        }
    }

    /// <summary>The name of a row that has none of its own.</summary>
    public string NameOf(int file, long row, string? id)
        => id is null ? $"{_files[file].Name}:{row}" : $"{id} ({_files[file].Name}:{row})";

    /// <summary>The prompts of a block.</summary>
    public IEnumerable<Prompt> Read(IRowReader reader, RowBlock block, DataLayout layout, IReadOnlyList<RowFate> fates)
    {
        reader.Seek(block.Mark);
        for (int i = 0; i < block.Rows; i++)
        {
            using JsonDocument document = reader.Read() ?? throw reader.Fault("the file has fewer rows than before.");
            if (fates[block.First + i] == RowFate.LeftOut) continue;
            PromptRow row = PromptRow.Read(document.RootElement, layout, reader.Fault);
            bool isOwn = row.Id is not null && fates[block.First + i] == RowFate.Kept;
            yield return row.ToPrompt(isOwn ? row.Id! : NameOf(block.File, reader.Number, row.Id));
        }
    }

    /// <summary>The layout of the rows, recognized by the first of them that says it.</summary>
    public DataLayout Detect()
    {
        const int Rows = 100;
        DataFormatException? refused = null;
        for (int file = 0, read = 0; file < Count && read < Rows; file++)
        {
            using IRowReader reader = Open(file);
            for (; read < Rows && reader.Read() is { } row; read++)
            {
                using (row)
                {
                    try
                    {
                        return LayoutDetection.Of(row.RootElement, reader.Fault);
                    }
                    catch (DataFormatException e)
                    {
                        refused ??= e;
                    }
                }
            }
        }

        throw refused ?? new DataFormatException(this[0], 0, "the files hold no row; at least one is needed.");
    }

    private static HashSet<string> ColumnsOf(DataLayout layout)
        =>
        [
            .. layout.TextPath.Columns, .. layout.AnswerPath.Columns, .. layout.IdPath.Columns, .. layout.Metadata.SelectMany(m => ColumnPath.Parse(m).Columns),
        ];

    private static long Length(string path) => File.Exists(path) ? Target(path).Length : -1;

    private static DateTime Written(string path) => File.Exists(path) ? Target(path).LastWriteTimeUtc : default;

    private static FileInfo Target(string path) => File.ResolveLinkTarget(path, returnFinalTarget: true) is FileInfo target ? target : new FileInfo(path);
}
