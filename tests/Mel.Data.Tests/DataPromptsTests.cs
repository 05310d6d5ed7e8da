using System.Globalization;
using Mel.Data.Checks;
using Mel.Data.Files;
using Mel.Data.Tests.Files;
using Mel.Prompts;
using Mel.Runtime;
using Mel.Testing;
using Microsoft.Extensions.Options;

namespace Mel.Data.Tests;

[TestFixture]
public sealed class DataPromptsTests
{
    [Test]
    public async Task TakeAsync_NoSeed_RepeatsTheFilesInOrder()
    {
        using TemporaryFolder folder = new();
        string first = await ParquetFile.WriteAsync(folder.File("a.parquet"), [("p", "1"), ("q", "2")]);
        string second = folder.Write("b.jsonl", """{"problem": "r", "answer": 3}""");

        DataPrompts data = await DataPrompts.OpenAsync([first, second]);

        (await data.TakeAsync(1, 4)).Select(p => (p.Id, p.Text, p.Answer)).Should()
            .Equal(("a.parquet:2", "q", "2"), ("b.jsonl:1", "r", "3"), ("a.parquet:1", "p", "1"), ("a.parquet:2", "q", "2"));
        data.Count.Should().Be(3);
    }

    [TestCase(100)]
    [TestCase(1 << 20)]
    public async Task TakeAsync_Seed_GivesEveryPromptOnceAnEpoch_AndTheSameAtAPosition(int windowBytes)
    {
        using TemporaryFolder folder = new();
        string path = Write(folder, 500, 2000);
        DataOptions options = new() { ShuffleSeed = 5, WindowBytes = windowBytes };
        DataPrompts data = await DataPrompts.OpenAsync([path], options);

        string[] stream = [.. (await data.TakeAsync(0, 1000)).Select(p => p.Text)];

        stream[..500].Should().OnlyHaveUniqueItems();
        stream[500..].Should().BeEquivalentTo(stream[..500]).And.NotEqual(stream[..500]);
        DataPrompts resumed = await DataPrompts.OpenAsync([path], options);
        foreach (int position in new[] { 737, 3, 499, 500, 0 })
            (await resumed.TakeAsync(position, 40)).Select(p => p.Text).Should().Equal(stream[position..(position + 40)]);
    }

    [Test]
    public async Task TakeAsync_WindowOfAllRows_ShufflesThemAsAWhole()
    {
        using TemporaryFolder folder = new();
        DataPrompts data = await DataPrompts.OpenAsync([Write(folder, 300, 3000)], new DataOptions { ShuffleSeed = 1 });

        int[] numbers = [.. (await data.TakeAsync(0, 300)).Select(p => int.Parse(p.Answer, CultureInfo.InvariantCulture))];

        // Of a shuffled order about as many neighbors fall as rise.
        numbers.Zip(numbers.Skip(1)).Count(n => n.First < n.Second).Should().BeInRange(110, 190);
        numbers.Take(100).Should().Contain(n => n >= 200);
    }

    [Test]
    public async Task OpenAsync_EmptyRepeatedAndConflictingRows_AreCountedAndListed()
    {
        using TemporaryFolder folder = new();
        string path = folder.Write("rows.jsonl", """
            {"id": "a", "problem": "1 + 1?", "answer": "2"}
            {"id": "b", "problem": " ", "answer": "2"}

            {"id": "c", "problem": "1  + 1?", "answer": "2"}
            {"id": "d", "problem": "2 + 2?", "answer": "4"}
            {"id": "d", "problem": "2 - 2?", "answer": "0"}
            {"id": "e", "problem": "2 + 2?", "answer": "5"}
            {"id": "f", "problem": "3 + 3?", "answer": null}
            """);

        DataPrompts data = await DataPrompts.OpenAsync([path]);

        data.Report.Rows.Should().Be(7);
        data.Report.Kept.Should().Be(3);
        data.Report.Findings.Select(f => (f.Kind, f.Row, f.Detail)).Should().Equal(
            (DataFindingKind.Empty, 2, "there is no question"),
            (DataFindingKind.Repeated, 4, "row 1 of rows.jsonl has the same question and answer"),
            (DataFindingKind.Conflicting, 5, "row 7 of rows.jsonl has the same question with another answer"),
            (DataFindingKind.Conflicting, 7, "row 5 of rows.jsonl has the same question with another answer"),
            (DataFindingKind.Empty, 8, "there is no answer"));
        data.Report.Counts[DataFindingKind.Empty].Should().Be(2);
        data.Report.ToString().Should().Be("3 of 7 rows kept; 2 empty, 1 repeated, 2 conflicting, 0 overlapping.");
        (await data.ReadAllAsync()).Select(p => p.Id).Should().Equal("a", "c", "d");

        DataPrompts all = await DataPrompts.OpenAsync([path], new DataOptions { LeaveOutConflicts = false, LeaveOutRepeats = true, ListedFindings = 1 });

        (await all.ReadAllAsync()).Select(p => p.Id).Should().Equal("a", "d", "d (rows.jsonl:6)", "e");
        all.Report.Findings.Should().ContainSingle().Which.Row.Should().Be(2);
    }

    [Test]
    public async Task OpenAsync_EvaluationSet_FindsSameWordsAndLongSequences()
    {
        const string Long = "A farmer has seventeen sheep and buys nine more at the market before selling exactly four of them to a neighbor.";
        using TemporaryFolder folder = new();
        string path = await ParquetFile.WriteAsync(folder.File("a.parquet"),
        [
            ("what is $7 - 3$", "4"),
            ("What is 7 + 3?", "10"),
            ("Solve step by step.\n\n" + Long + " How many remain? Answer with a number.", "22"),
            ("A farmer has seventeen sheep. How many legs do they have?", "68"),
        ]);
        Dictionary<string, IReadOnlyList<Prompt>> sets = new() { ["held-out"] = [new("x", "What is  7 - 3 ?", "4"), new("y", Long, "22")] };

        DataPrompts data = await DataPrompts.OpenAsync([path], new DataOptions { EvaluationSets = sets });

        data.Report.Findings.Select(f => (f.Kind, f.Row, f.Detail)).Should().Equal(
            (DataFindingKind.Overlapping, 1, "the same words as held-out: x"),
            (DataFindingKind.Overlapping, 3, "100 % of the word sequences of held-out: y"));
        data.Count.Should().Be(2);
    }

    [Test]
    public async Task Describe_OtherContentOrSeed_IsAnotherRun()
    {
        using TemporaryFolder folder = new();
        string path = folder.Write("a.jsonl", """{"problem": "p", "answer": "1"}""");
        DataPrompts one = await DataPrompts.OpenAsync([path]), seeded = await DataPrompts.OpenAsync([path], new DataOptions { ShuffleSeed = 3 });
        string same = await ParquetFile.WriteAsync(folder.File("a.parquet"), [("p", "1")]);
        DataPrompts parquet = await DataPrompts.OpenAsync([same]), other = await DataPrompts.OpenAsync([folder.Write("b.jsonl", """{"problem": "p ", "answer": "1"}""")]);

        Values(parquet).Should().Equal(Values(one), "the form of a file changes nothing");
        Values(seeded)["shuffleSeed"].Should().Be("3");
        Values(seeded)["content"].Should().Be(Values(one)["content"]);
        Values(other)["content"].Should().NotBe(Values(one)["content"]);
    }

    [Test]
    public async Task TakeAsync_FileChangedSince_IsRefused()
    {
        using TemporaryFolder folder = new();
        string path = folder.Write("a.jsonl", """{"problem": "p", "answer": "1"}""");
        DataPrompts data = await DataPrompts.OpenAsync([path]);
        folder.Write("a.jsonl", """{"problem": "p", "answer": "12"}""");

        await FluentActions.Awaiting(async () => await data.TakeAsync(0, 1)).Should().ThrowAsync<DataFormatException>().WithMessage($"{path}: the file has changed*");
    }

    [TestCase("", "*hold no row*")]
    [TestCase("""{"problem": null, "answer": "1"}""", "*no row is left*1 empty*")]
    [TestCase("""{"text": "p", "label": "1"}""", "*row 1: its layout is not recognized; the columns are: text, label. Name the layout (DAPO-Math-17k, GSM8K,*")]
    [TestCase("""{"problem": "p", "answer": "1"}""" + "\n[1]", "*row 2: found a JSON array*")]
    [TestCase("""{"problem": "p", "answer": "1"}""" + "\n" + """{"question": "p", "answer": "1"}""", "*row 2: the layout 'problem and answer' expects a question in 'problem'*")]
    [TestCase("""{"problem": "p", "answer": ["1"]}""", "*row 1: 'answer' is a JSON array, but a text or a number is expected.")]
    public async Task OpenAsync_RowsOfNoUse_SaysFileRowAndWhatIsExpected(string content, string message)
    {
        using TemporaryFolder folder = new();
        string path = folder.Write("a.jsonl", content);

        await FluentActions.Awaiting(() => DataPrompts.OpenAsync([path])).Should().ThrowAsync<DataFormatException>().WithMessage(path + message);
    }

    [Test]
    public async Task OpenAsync_OptionOutOfRange_SaysAll()
        => await FluentActions.Awaiting(() => DataPrompts.OpenAsync(["a"], new DataOptions { WindowBytes = 0, OverlapShare = 2, Limit = 0 }))
            .Should().ThrowAsync<OptionsValidationException>().Where(e => e.Failures.Count() == 3);

    [Test]
    public async Task OpenAsync_Limit_ReadsNoFurther()
    {
        using TemporaryFolder folder = new();
        string path = folder.Write("a.jsonl", """{"problem": "p", "answer": "1"}""" + "\nno JSON");

        (await DataPrompts.OpenAsync([path], new DataOptions { Limit = 1 })).Count.Should().Be(1);
    }

    private static IReadOnlyDictionary<string, string> Values(DataPrompts data)
    {
        RunIdentity identity = new();
        data.Describe(identity);
        return identity.Values;
    }

    private static string Write(TemporaryFolder folder, int rows, int characters)
        => folder.Write("many.jsonl", string.Join('\n', Enumerable.Range(0, rows).Select(i => $$"""{"problem": "{{i}} {{new string('x', characters)}}", "answer": {{i}}}""")));
}
