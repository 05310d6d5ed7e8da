using Mel.Prompts;
using Mel.Testing;

namespace Mel.Core.Tests.Prompts;

[TestFixture]
public sealed class JsonLinesPromptsTests
{
    [Test]
    public void Load_RowsWithAndWithoutIds_ReadsThemInOrder()
    {
        IReadOnlyList<Prompt> prompts = Load("""
            {"id": "a", "problem": "1+1?", "answer": "2", "level": "easy"}

            {"problem": "é \"x\"", "answer": 3.50}
               
            {"id": 7, "problem": "p", "answer": -1e3, "extra": null}
            """);

        prompts.Select(p => (p.Id, p.Text, p.Answer)).Should().Equal(("a", "1+1?", "2"), ("line-3", "é \"x\"", "3.50"), ("7", "p", "-1e3"));
        prompts.Should().OnlyContain(p => p.Metadata.Count == 0);
    }

    [Test]
    public void Load_MappedColumns_ReadsThoseAndKeepsMetadata()
    {
        JsonLinesColumns columns = new() { Id = "index", Text = "prompt", Answer = "gold", Metadata = ["source", "absent"] };

        Prompt prompt = Load("""{"index": "x", "prompt": "q", "gold": "g", "source": "s", "id": "other"}""", columns).Single();

        prompt.Should().BeEquivalentTo(new { Id = "x", Text = "q", Answer = "g" });
        prompt.Metadata.Should().Equal(new Dictionary<string, string> { ["source"] = "s" });
    }

    [Test]
    public void Load_ByteOrderMarkAndWindowsLineEnds_AreNoHindrance()
        => Load("\uFEFF{\"problem\":\"p\",\"answer\":\"a\"}\r\n{\"problem\":\"q\",\"answer\":\"b\"}\r\n").Select(p => p.Text).Should().Equal("p", "q");

    [TestCase("""{"problem":"p","answer":"a"}""" + "\nnot json", 2, "*, line 2: expected a JSON object, found 'not json'*")]
    [TestCase("""{"problem":"p","answer":"a"}""" + "\n\n{\"problem\":", 3, "*, line 3: expected a JSON object, found '{\"problem\":'*")]
    [TestCase("[1, 2]", 1, "*, line 1: expected a JSON object, found a JSON array.")]
    [TestCase("""{"problem":"p","solution":"s"}""", 1, "*, line 1: the row has no text or number in column 'answer'; its columns are: problem, solution. Map the column with JsonLinesColumns.")]
    [TestCase("""{"problem":["p"],"answer":"s"}""", 1, "*no text or number in column 'problem'; its columns are: problem, answer.*")]
    [TestCase("{}", 1, "*in column 'problem'; its columns are: none.*")]
    [TestCase("""{"id":"x","problem":"p","answer":"a"}""" + "\n" + """{"id":"x","problem":"q","answer":"b"}""", 2, "*, line 2: the id 'x' occurred before; ids must be distinct. Rename it, or map the id column to another field.")]
    [TestCase("", 0, "*: the file holds no row; at least one prompt is needed.")]
    [TestCase("\n \n", 0, "*: the file holds no row*")]
    [TestCase("""{"problem":"\ud800","answer":"a"}""", 1, "*, line 1: expected a JSON object*")]
    public void Load_BadFile_NamesFileLineAndWhatIsExpected(string content, int line, string message)
    {
        using TemporaryFolder folder = new();
        string path = folder.Write("rows.jsonl", content);

        FluentActions.Invoking(() => JsonLinesPrompts.Load(path)).Should().Throw<PromptFormatException>()
            .WithMessage(message).Where(e => e.File == path && e.Line == line && e.Message.StartsWith(path));
    }

    [Test]
    public void Load_Limit_ReadsNoFurther()
        => Load("""{"problem":"p","answer":"a"}""" + "\n" + """{"problem":"q","answer":"b"}""" + "\nnot json", limit: 2).Should().HaveCount(2);

    [TestCase(0)]
    [TestCase(-1)]
    public void Load_LimitBelowOne_IsRefused(int limit)
        => FluentActions.Invoking(() => Load("""{"problem":"p","answer":"a"}""", limit: limit)).Should().Throw<ArgumentOutOfRangeException>().WithParameterName(nameof(limit));

    [TestCase("{\"\\ud800\":1,\"problem\":\"p\",\"answer\":\"a\"}")]
    [TestCase("{\"problem\":\"p\",\"answer\":\"\\udc00\"}")]
    public void Load_StringThatIsNoText_IsTypedErrorEvenWhereItIsNotRead(string row)
        => FluentActions.Invoking(() => Load("{\"problem\":\"p\",\"answer\":\"a\"}\n" + row)).Should().Throw<PromptFormatException>().WithMessage("*line 2*unpaired surrogate*");

    [Test]
    public void Load_BytesThatAreNoUtf8_IsTypedError()
    {
        using TemporaryFolder folder = new();
        File.WriteAllBytes(folder.File("a"), [.. """{"problem":"p"""u8, 0xFF, .. "\",\"answer\":\"a\"}"u8]);
        FluentActions.Invoking(() => JsonLinesPrompts.Load(folder.File("a"))).Should().Throw<PromptFormatException>().WithMessage("*line 1*UTF-8*");
    }

    [TestCaseSource(typeof(SpecialFiles), nameof(SpecialFiles.Kinds)), CancelAfter(20_000)]
    public void Load_NoRegularFile_IsTypedErrorAtOnce(string kind)
    {
        using TemporaryFolder folder = new();
        SpecialFiles.Make(kind, folder.File("rows.jsonl"));
        FluentActions.Invoking(() => JsonLinesPrompts.Load(folder.File("rows.jsonl"))).Should().Throw<PromptFormatException>().WithMessage("*give a regular file*");
    }

    [Test]
    public void Load_LineOfAGigabyte_IsRefusedBeforeItIsRead()
    {
        using TemporaryFolder folder = new();
        using (FileStream stream = File.Create(folder.File("a"))) stream.SetLength(1L << 30);      // sparse
        long before = GC.GetAllocatedBytesForCurrentThread();
        FluentActions.Invoking(() => JsonLinesPrompts.Load(folder.File("a"))).Should().Throw<PromptFormatException>().WithMessage("*line 1*more than 16,777,216 bytes*");
        (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThan(64_000_000);
    }

    [Test]
    public void Load_EndlessIdColumnOrLiteral_GivesAShortMessage()
    {
        string endless = new('x', 1_000_000), row = $$"""{"id":"{{endless}}","problem":"p","answer":"a"}""";
        foreach (string content in (string[])[row + "\n" + row, $$"""{"{{endless}}":1}""", "t" + endless, endless])
            FluentActions.Invoking(() => Load(content)).Should().Throw<PromptFormatException>().Which.ToString().Length.Should().BeLessThan(3000);
    }

    [Test]
    public void Load_NoSuchFile_SaysSo()
        => FluentActions.Invoking(() => JsonLinesPrompts.Load("nowhere.jsonl")).Should().Throw<FileNotFoundException>().WithMessage("There is no prompt file 'nowhere.jsonl'*");

    private static IReadOnlyList<Prompt> Load(string content, JsonLinesColumns? columns = null, int? limit = null)
    {
        using TemporaryFolder folder = new();
        return JsonLinesPrompts.Load(folder.Write("rows.jsonl", content), columns, limit);
    }
}
