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

    [Test]
    public void Load_NoSuchFile_SaysSo()
        => FluentActions.Invoking(() => JsonLinesPrompts.Load("nowhere.jsonl")).Should().Throw<FileNotFoundException>().WithMessage("There is no prompt file 'nowhere.jsonl'*");

    private static IReadOnlyList<Prompt> Load(string content, JsonLinesColumns? columns = null, int? limit = null)
    {
        using TemporaryFolder folder = new();
        return JsonLinesPrompts.Load(folder.Write("rows.jsonl", content), columns, limit);
    }
}
