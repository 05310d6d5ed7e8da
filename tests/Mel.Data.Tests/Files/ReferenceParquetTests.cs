using System.Text.Json;
using Mel.Data.Files;
using Mel.Testing;

namespace Mel.Data.Tests.Files;

/// <summary>Files that pyarrow wrote, against the rows that Python says they hold.</summary>
[TestFixture]
[Category(ReferenceData.Category)]
public sealed class ReferenceParquetTests
{
    [TestCase("codec-brotli.parquet", "codec.expected.jsonl")]
    [TestCase("codec-gzip.parquet", "codec.expected.jsonl")]
    [TestCase("codec-lz4.parquet", "codec.expected.jsonl")]
    [TestCase("codec-none.parquet", "codec.expected.jsonl")]
    [TestCase("codec-snappy.parquet", "codec.expected.jsonl")]
    [TestCase("codec-zstd.parquet", "codec.expected.jsonl")]
    [TestCase("math500-large-string.parquet", "math500-large-string.expected.jsonl")]
    [TestCase("nulls-and-types.parquet", "nulls-and-types.expected.jsonl")]
    [TestCase("dapo/data/dapo-math-17k.parquet", "dapo/all.expected.jsonl")]
    [TestCase("gsm8k/main/test-00000-of-00001.parquet", "gsm8k/test.expected.jsonl")]
    [TestCase("gsm8k/main/train-00000-of-00002.parquet,gsm8k/main/train-00001-of-00002.parquet", "gsm8k/train.expected.jsonl")]
    public void Read_FileOfAnotherWriter_GivesItsRows(string files, string expected)
    {
        JsonElement[] rows = [.. files.Split(',').SelectMany(f => DataRows.Read(Reference(f)))];

        string[] lines = File.ReadAllLines(Reference(expected));
        rows.Should().HaveCount(lines.Length);
        foreach ((JsonElement row, string line) in rows.Zip(lines))
            JsonElement.DeepEquals(row, JsonDocument.Parse(line).RootElement).Should().BeTrue("{0} should be {1}", row, line);
    }

    [Test]
    public void Read_NoRows_GivesNone() => DataRows.Read(Reference("no-rows.parquet")).Should().BeEmpty();

    [TestCase("bad-magic.parquet", "*does not begin with 'PAR1'*")]
    [TestCase("bad-truncated.parquet", "*does not end with 'PAR1'*cut short*")]
    [TestCase("bad-footer-length.parquet", "*its footer claims*")]
    [TestCase("bad-pointer.parquet", "*Git LFS pointer*git lfs pull*")]
    public void Read_DamagedFile_NamesFileAndWhatIsExpected(string file, string message)
    {
        string path = Reference(file);
        FluentActions.Enumerating(() => DataRows.Read(path)).Should().Throw<DataFormatException>()
            .WithMessage(message).Where(e => e.Message.StartsWith(path) && e.File == path);
    }

    [Test]
    public void Read_ByteFlippedInAPage_IsRefusedOrChangesText()
    {
        string path = Reference("bad-flipped.parquet");
        try
        {
            DataRows.Read(path).Should().HaveCount(File.ReadLines(Reference("codec.expected.jsonl")).Count());
        }
        catch (DataFormatException e)
        {
            e.File.Should().Be(path);
        }
    }

    private static string Reference(string file) => ReferenceData.Require(["data", "parquet", .. file.Split('/')]);
}
