using System.Text;
using System.Text.Json;
using Mel.Data.Files;
using Mel.Testing;
using Parquet;

namespace Mel.Data.Tests.Files;

[TestFixture]
public sealed class ParquetRowsTests
{
    [TestCase(CompressionMethod.None)]
    [TestCase(CompressionMethod.Snappy)]
    [TestCase(CompressionMethod.Gzip)]
    [TestCase(CompressionMethod.Brotli)]
    [TestCase(CompressionMethod.Zstd)]
    [TestCase(CompressionMethod.Lz4Raw)]
    [TestCase(CompressionMethod.LZ4)]
    public async Task Read_EveryCodec_GivesTextAndNulls(CompressionMethod codec)
    {
        using TemporaryFolder folder = new();
        string?[] texts = ["first", null, "", "漢字 🙂", new string('x', 100_000)];
        string path = await ParquetFile.WriteAsync(folder.File("a.parquet"), new Dictionary<string, string?[]> { ["t"] = texts }, 2, codec);

        DataRows.Read(path).Select(r => r.GetProperty("t").GetString()).Should().Equal(texts);
    }

    [Test]
    public async Task Read_NoParquetFile_NamesTheFileAndWhatIsExpected()
    {
        using TemporaryFolder folder = new();
        string path = await ParquetFile.WriteAsync(folder.File("a.parquet"), [("p", "a"), ("q", "b")]);
        byte[] bytes = File.ReadAllBytes(path);

        foreach ((byte[] content, string message) in new (byte[], string)[]
        {
            ([], "*the file is empty*"),
            ("PAR1"u8.ToArray(), "*cut short*"),
            (Encoding.UTF8.GetBytes("""{"problem": "p", "answer": "a"}"""), "*does not begin with 'PAR1'*"),
            (bytes[..^9], "*cut short*"),
            ([.. bytes[..^8], 0xFF, 0xFF, 0xFF, 0x7F, .. "PAR1"u8], "*footer claims 2,147,483,647 bytes*"),
            ([.. bytes[..^8], 0, 0, 0, 0, .. "PAR1"u8], "*footer claims 0 bytes*"),
        })
        {
            string damaged = folder.File("damaged.parquet");
            File.WriteAllBytes(damaged, content);
            FluentActions.Enumerating(() => DataRows.Read(damaged)).Should().Throw<DataFormatException>().WithMessage(message).Where(e => e.File == damaged);
        }
    }

    [Test]
    public async Task Read_EveryByteChangedInTurn_IsReadOrRefusedWithItsType()
    {
        using TemporaryFolder folder = new();
        byte[] bytes = File.ReadAllBytes(await ParquetFile.WriteAsync(folder.File("a.parquet"), Enumerable.Range(0, 40).Select(i => ((string?)$"question {i % 7}", (string?)$"{i}")), 20));
        string damaged = folder.File("damaged.parquet");
        int refused = 0;
        for (int i = 0; i < bytes.Length; i++)
        {
            byte[] copy = [.. bytes];
            copy[i] ^= (byte)(1 << (i % 8));
            File.WriteAllBytes(damaged, copy);
            try
            {
                _ = DataRows.Read(damaged).Count();
            }
            catch (DataFormatException e)
            {
                e.Message.Should().StartWith(damaged);
                refused++;
            }
        }

        refused.Should().BeGreaterThan(bytes.Length / 10);
    }

    [Test]
    public async Task Seek_EveryRow_GoesOnFromThere()
    {
        using TemporaryFolder folder = new();
        string path = await ParquetFile.WriteAsync(folder.File("a.parquet"), Enumerable.Range(0, 50).Select(i => (i % 5 == 0 ? null : (string?)$"q{i}", (string?)$"{i}")), 20);
        using ParquetRows rows = new(path);
        List<RowMark> marks = [rows.Mark()];
        List<string> read = [];
        while (rows.Read() is { } row)
        {
            using (row) read.Add(row.RootElement.GetRawText());
            marks.Add(rows.Mark());
        }

        read.Should().HaveCount(50);
        for (int i = 0; i < 50; i += 7)
        {
            rows.Seek(marks[i]);
            using JsonDocument row = rows.Read()!;
            row.RootElement.GetRawText().Should().Be(read[i]);
            rows.Number.Should().Be(i + 1);
        }

        rows.Seek(marks[50]);
        rows.Read().Should().BeNull();
    }

    [Test]
    public void Read_SpecialFile_IsRefusedUnopened([ValueSource(typeof(SpecialFiles), nameof(SpecialFiles.Kinds))] string kind)
    {
        using TemporaryFolder folder = new();
        string path = folder.File("a.parquet");
        SpecialFiles.Make(kind, path);

        FluentActions.Enumerating(() => DataRows.Read(path)).Should().Throw<Exception>().Which.Should().Match(e => e is DataFormatException || e is FileNotFoundException);
    }

    [TestCase(new byte[] { 3, 0, 0, 0, 3, 0b1011_0010, 0 }, 8, new byte[] { 0b1011_0010 })]
    [TestCase(new byte[] { 2, 0, 0, 0, 10, 1 }, 5, new byte[] { 0b0001_1111 })]
    [TestCase(new byte[] { 4, 0, 0, 0, 6, 1, 4, 0 }, 5, new byte[] { 0b0000_0111 })]
    public void AsBits_Runs_AreOneBitAValue(byte[] runs, int most, byte[] bits) => TruthValues.AsBits(runs, most).Should().Equal(bits);
}
