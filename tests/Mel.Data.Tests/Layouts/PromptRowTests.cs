using System.Text.Json;
using Mel.Data.Layouts;

namespace Mel.Data.Tests.Layouts;

[TestFixture]
public sealed class PromptRowTests
{
    [TestCase("""{"prompt": [{"role": "user", "content": "q"}], "reward_model": {"ground_truth": "34", "style": "rule"}, "extra_info": {"index": "i1"}}""", "DAPO-Math-17k", "i1", "q", "34")]
    [TestCase("""{"question": "q", "answer": "5 + 6 = <<5+6=11>>11\n#### 1,011"}""", "GSM8K", null, "q", "1011")]
    [TestCase("""{"problem": "q", "solution": "s", "answer": "\\frac12", "subject": "Algebra", "level": 3, "unique_id": "u/1"}""", "MATH500", "u/1", "q", "\\frac12")]
    [TestCase("""{"id": 7, "question": "q", "final_answer": ["$2$"], "is_multiple_answer": false}""", "OlympiadBench", "7", "q", "2")]
    [TestCase("""{"id": "x", "problem": "q", "answer": 204}""", "problem and answer", "x", "q", "204")]
    public void Of_ColumnsThatLeaveNoDoubt_AreRead(string json, string layout, string? id, string text, string answer)
    {
        DataLayout detected = LayoutDetection.Of(Parse(json), Fault);

        detected.Name.Should().Be(layout);
        PromptRow.Read(Parse(json), detected, Fault).Should().BeEquivalentTo(new { Id = id, Text = text, Answer = answer });
    }

    [TestCase("AIME24", """{"ID": "2024-I-1", "Problem": "q", "Answer": 25.0}""", "2024-I-1", "25")]
    [TestCase("aime25", """{"id": 3, "problem": "q", "answer": "070"}""", "3", "070")]
    [TestCase("AMC23", """{"id": 0, "question": "q", "answer": 27.0, "url": "u"}""", "0", "27")]
    [TestCase("AMC23", """{"id": 0, "question": "q", "answer": 2.5}""", "0", "2.5")]
    [TestCase("OlympiadBench", """{"id": 1, "question": "q", "final_answer": "x$,$y", "unit": null}""", "1", "x$,$y")]
    public void Named_OtherFormsOfTheSet_AreRead(string layout, string json, string id, string answer)
        => PromptRow.Read(Parse(json), DataLayout.Named(layout), Fault).Should().BeEquivalentTo(new { Id = id, Text = "q", Answer = answer });

    [Test]
    public void Read_OwnPaths_ReachIntoListsAndObjects()
    {
        DataLayout layout = new() { Text = "turns[1].text", Answer = "meta.gold|gold", Id = "meta.name", Metadata = ["meta.level", "absent", "a.b"] };

        PromptRow row = PromptRow.Read(
            Parse("""{"turns": [{"text": "no"}, {"text": "yes"}], "gold": 2, "meta": {"name": "n", "gold": null, "level": 3}, "a.b": "dotted"}"""), layout, Fault);

        row.Should().BeEquivalentTo(new { Id = "n", Text = "yes", Answer = "2" });
        row.Metadata.Should().Equal(new Dictionary<string, string> { ["meta.level"] = "3", ["a.b"] = "dotted" });
    }

    [Test]
    public void Read_SeveralMessages_AreTurnsOfThePrompt()
    {
        PromptRow row = PromptRow.Read(
            Parse("""{"prompt": [{"role": "system", "content": "be brief"}, {"role": "user", "content": "q"}], "answer": "1"}"""), new DataLayout { Text = "prompt" }, Fault);

        row.Text.Should().Be("q");
        row.ToPrompt("x").Messages.Select(m => $"{m.Role}: {m.Text}").Should().Equal("system: be brief", "user: q");
    }

    [TestCase("GSM8K", """{"question": "q", "answer": "no mark"}""", "'answer' has no '####', behind which the answer is expected; it ends in 'no mark'.")]
    [TestCase("GSM8K", """{"query": "q", "answer": "#### 1"}""", "the layout 'GSM8K' expects a question in 'question' and an answer in 'answer'; the columns are: query, answer.*")]
    [TestCase("DAPO-Math-17k", """{"prompt": ["q"], "reward_model": {"ground_truth": "1"}}""", "'prompt' is a list, but not of messages*")]
    public void Read_RowOfAnotherForm_SaysWhatIsExpected(string layout, string json, string message)
        => FluentActions.Invoking(() => PromptRow.Read(Parse(json), DataLayout.Named(layout), Fault)).Should().Throw<InvalidOperationException>().WithMessage(message);

    [Test]
    public void Named_UnknownName_ListsTheKnown()
        => FluentActions.Invoking(() => DataLayout.Named("MATH")).Should().Throw<ArgumentException>().WithMessage("There is no layout 'MATH'; there are: DAPO-Math-17k, GSM8K, MATH500,*");

    [TestCase("")]
    [TestCase("a..b")]
    [TestCase("a[x]")]
    [TestCase("a|")]
    public void Parse_NoPath_IsRefused(string path) => FluentActions.Invoking(() => ColumnPath.Parse(path)).Should().Throw<FormatException>().WithMessage("*is no column path*");

    private static JsonElement Parse(string json) => JsonDocument.Parse(json).RootElement;

    private static InvalidOperationException Fault(string problem, Exception? inner = null) => new(problem, inner);
}
