using Parquet;
using Parquet.Schema;

namespace Mel.Data.Tests.Files;

/// <summary>Writes small parquet files.</summary>
internal static class ParquetFile
{
    /// <summary>Writes text columns, a row group for each given number of rows.</summary>
    public static async Task<string> WriteAsync(
        string path, IReadOnlyDictionary<string, string?[]> columns, int groupRows = int.MaxValue, CompressionMethod codec = CompressionMethod.Snappy)
    {
        DataField<string>[] fields = [.. columns.Keys.Select(c => new DataField<string>(c))];
        await using FileStream file = File.Create(path);
        await using ParquetWriter writer = await ParquetWriter.CreateAsync(new ParquetSchema(fields), file, new ParquetOptions { CompressionMethod = codec });
        int rows = columns.First().Value.Length;
        for (int start = 0; start < rows; start += groupRows)
        {
            using ParquetRowGroupWriter group = writer.CreateRowGroup();
            foreach (DataField<string> field in fields) await group.WriteAsync(field, (IReadOnlyCollection<string>)[.. columns[field.Name].Skip(start).Take(groupRows)!]);
            if (groupRows == int.MaxValue) break;
        }

        return path;
    }

    /// <summary>Writes questions and answers.</summary>
    public static Task<string> WriteAsync(string path, IEnumerable<(string? Problem, string? Answer)> rows, int groupRows = int.MaxValue)
    {
        (string? Problem, string? Answer)[] all = [.. rows];
        return WriteAsync(path, new Dictionary<string, string?[]> { ["problem"] = [.. all.Select(r => r.Problem)], ["answer"] = [.. all.Select(r => r.Answer)] }, groupRows);
    }
}
