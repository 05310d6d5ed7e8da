using System.Text.Json;
using Mel.Evaluation;
using Mel.Prompts;
using Mel.Testing;
using Mel.Verification;

namespace Mel.Core.Tests.Evaluation;

/// <summary>A records file holds every attempt, goes on where it was cut, and refuses what is another evaluation.</summary>
[TestFixture, FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class EvaluationRecordsTests : IDisposable
{
    private static readonly Prompt[] Questions = [.. Enumerable.Range(0, 7).Select(i => new Prompt($"q{i}", $"what is {i}?", $"{i}"))];

    private readonly TemporaryFolder _folder = new();

    private string Records => _folder.File("out", "records.jsonl");

    public void Dispose() => _folder.Dispose();

    [Test]
    public async Task Evaluate_RecordsFile_HoldsEveryAttempt()
    {
        EvaluationReport report = await EvaluateAsync();

        string[] lines = File.ReadAllLines(Records);
        lines.Should().HaveCount(1 + 7 + (7 * 3));
        using JsonDocument greedy = JsonDocument.Parse(lines[1]), sampled = JsonDocument.Parse(lines[8 + 3]);
        greedy.RootElement.ToString().Should().Be(
            $$"""{"question":"q0","digest":"{{report.Records[0].Digest}}","sample":0,"temperature":0,"seed":{{report.Records[0].Seed}},"tokens":11,"finish":"Stop","verdict":"Correct","answer":"0","text":"\\boxed{0} é"}""");
        sampled.RootElement.GetProperty("question").GetString().Should().Be("q1");
        sampled.RootElement.GetProperty("sample").GetInt32().Should().Be(1);
        sampled.RootElement.GetProperty("temperature").GetDouble().Should().Be(0.6);

        EvaluationRecords read = EvaluationRecords.Load(Records);
        read.Settings.Should().Contain(new Dictionary<string, string> { ["sampler"] = "ScriptedSampler", ["verifier"] = "BoxedAnswerVerifier", ["Samples"] = "3", ["data.count"] = "7" });
        read.Records.Should().BeEquivalentTo(report.Records);
        new EvaluationReport(read.Records).Should().BeEquivalentTo(report, o => o.Excluding(r => r.Records));
    }

    [Test]
    public async Task Evaluate_CutAnywhere_GoesOnToTheSameFile_AndTheSameReport()
    {
        EvaluationReport whole = await EvaluateAsync();
        byte[] bytes = File.ReadAllBytes(Records);
        for (int cut = 0; cut <= bytes.Length; cut += 37)
        {
            File.WriteAllBytes(Records, bytes[..cut]);

            EvaluationReport resumed = await EvaluateAsync();

            File.ReadAllBytes(Records).Should().Equal(bytes, "cut at byte {0}", cut);
            resumed.Should().BeEquivalentTo(whole, "cut at byte {0}", cut);
        }
    }

    [Test]
    public async Task Evaluate_CompleteFile_AsksNothing_AndReportsProgressOfAll()
    {
        await EvaluateAsync();
        ScriptedSampler sampler = Sampler();
        List<EvaluationRecord> seen = [];

        await new Evaluator(sampler, new BoxedAnswerVerifier()) { Progress = new Immediate(seen.Add) }.EvaluateAsync(Questions, Options());

        sampler.Calls.Should().BeEmpty();
        seen.Should().HaveCount(28);
    }

    [Test]
    public async Task Evaluate_OtherSettingsDataOrVerifier_AreRefusedByName()
    {
        await EvaluateAsync();
        byte[] before = File.ReadAllBytes(Records);

        await Refused(o => o.Temperature = 0.7, "Temperature was 0.6 and is 0.7");
        await Refused(o => o.Samples = 4, "Samples was 3 and is 4");
        await Refused(o => o.MaxTokens = 5, "MaxTokens was 1024 and is 5");
        await Refused(o => o.Seed = 5, "Seed was 0 and is 5");
        await Refused(_ => { }, "data.content was", prompts: [.. Questions[..6], Questions[6] with { Answer = "seven" }]);
        await Refused(_ => { }, "verifier was BoxedAnswerVerifier and is ExactAnswerVerifier", verifier: new ExactAnswerVerifier());
        await Refused(_ => { }, "verifier.RequireTermination was True and is False", verifier: new BoxedAnswerVerifier(requireTermination: false));
        File.ReadAllBytes(Records).Should().Equal(before);
    }

    [Test]
    public async Task Evaluate_OtherBatches_GiveTheSameRecords()
    {
        await EvaluateAsync();
        byte[] bytes = File.ReadAllBytes(Records);
        File.Delete(Records);

        await new Evaluator(Sampler(), new BoxedAnswerVerifier()).EvaluateAsync(Questions, new() { Samples = 3, BatchQuestions = 100, RecordsFile = Records });

        File.ReadAllBytes(Records).Should().Equal(bytes);
    }

    [TestCase("{\"question\":1}", "line 2: the field 'question' is 1, expected a string.")]
    [TestCase("{\"question\":\"q0\",\"sample\":-1,\"finish\":\"Stop\",\"verdict\":\"Correct\",\"text\":\"\"}", "line 2: the field 'sample' is negative")]
    [TestCase("{\"question\":\"q0\",\"sample\":0,\"finish\":\"Stop\",\"verdict\":\"Right\",\"text\":\"\"}", "line 2: the field 'verdict' is 'Right', expected one of Incorrect, Correct, Unverifiable.")]
    [TestCase("{\"question\":\"q0\",\"sample\":0,\"finish\":\"1\",\"verdict\":\"Correct\",\"text\":\"\"}", "line 2: the field 'finish' is '1', expected one of Stop, Length.")]
    [TestCase("{\"question\":\"q0\",\"sample\":0,\"finish\":\"Stop\",\"verdict\":\"Correct\",\"score\":7,\"text\":\"\"}", "line 2: the field 'score' is 7, expected a number within [0, 1].")]
    [TestCase("{\"question\":\"q0\"", "line 2: the text is no valid JSON")]
    public async Task Load_DamagedLine_IsNamed(string line, string message)
    {
        await EvaluateAsync();
        string[] lines = File.ReadAllLines(Records);
        File.WriteAllLines(Records, [lines[0], line, .. lines[2..]]);

        FluentActions.Invoking(() => EvaluationRecords.Load(Records)).Should().Throw<EvaluationRecordsException>().WithMessage($"*records.jsonl, {message}*").Which.Line.Should().Be(2);
        await FluentActions.Awaiting(EvaluateAsync).Should().ThrowAsync<EvaluationRecordsException>();
    }

    [Test]
    public async Task Load_AttemptTwice_IsNamed()
    {
        await EvaluateAsync();
        File.AppendAllLines(Records, [File.ReadAllLines(Records)[3]]);

        FluentActions.Invoking(() => EvaluationRecords.Load(Records)).Should().Throw<EvaluationRecordsException>().WithMessage("*line 30: attempt 0 at question 'q2' occurred before*");
    }

    [TestCase("{\"step\":1}\n", "line 1: the first line has no 'mel.evaluation'")]
    [TestCase("{\"mel.evaluation\":9,\"settings\":{}}\n", "line 1: the records have version 9")]
    [TestCase("{\"mel.evaluation\":1}\n", "line 1: the field 'settings' is no object")]
    [TestCase("{\"mel.evaluation\":1", "the file holds no whole line")]
    public void Load_NoFileOfRecords_IsRefused(string content, string message)
        => FluentActions.Invoking(() => EvaluationRecords.Load(_folder.Write("other.jsonl", content))).Should().Throw<EvaluationRecordsException>().WithMessage($"*{message}*");

    [Test]
    public void Load_NoFile_IsNamed()
        => FluentActions.Invoking(() => EvaluationRecords.Load(_folder.File("none.jsonl"))).Should().Throw<EvaluationRecordsException>().WithMessage("*none.jsonl: it is not there*");

    [Test]
    public async Task Evaluate_FileInUse_IsRefused()
    {
        await EvaluateAsync();
        using FileStream other = new(Records, FileMode.Open, FileAccess.ReadWrite, FileShare.Read);

        (await FluentActions.Awaiting(EvaluateAsync).Should().ThrowAsync<EvaluationRecordsException>()).WithMessage("*records cannot be written to this file*");
        EvaluationRecords.Load(Records).Records.Should().HaveCount(28, "readers may look while it is written");
    }

    [Test]
    public async Task Evaluate_SamplerThatFails_LeavesWhatWasJudged()
    {
        int calls = 0;
        ScriptedSampler failing = new((message, _) => ++calls > 5 ? throw new HttpRequestException("away") : message);

        await FluentActions.Awaiting(() => new Evaluator(failing, new BoxedAnswerVerifier()).EvaluateAsync(Questions, Options())).Should().ThrowAsync<HttpRequestException>();

        EvaluationRecords.Load(Records).Records.Select(r => r.Question).Should().Equal("q0", "q1", "q2", "q3");
    }

    [Test]
    public async Task Evaluate_IdTwice_IsRefused()
        => (await FluentActions.Awaiting(() => new Evaluator(Sampler(), new BoxedAnswerVerifier()).EvaluateAsync([Questions[0], Questions[0]])).Should().ThrowAsync<ArgumentException>())
            .WithMessage("The prompt id 'q0' occurs twice*");

    private async Task Refused(Action<EvaluationOptions> change, string difference, Prompt[]? prompts = null, IVerifier? verifier = null)
    {
        EvaluationOptions options = Options();
        change(options);
        (await FluentActions.Awaiting(() => new Evaluator(Sampler(), verifier ?? new BoxedAnswerVerifier()).EvaluateAsync(prompts ?? Questions, options))
            .Should().ThrowAsync<EvaluationRecordsException>()).WithMessage($"*records.jsonl: the records belong to another evaluation: {difference}*");
    }

    private Task<EvaluationReport> EvaluateAsync() => new Evaluator(Sampler(), new BoxedAnswerVerifier()).EvaluateAsync(Questions, Options());

    private EvaluationOptions Options() => new() { Samples = 3, BatchQuestions = 2, RecordsFile = Records };

    /// <summary>Every third attempt is wrong by one; a text with a letter that is no ASCII.</summary>
    private static ScriptedSampler Sampler() => new((message, i) => $"\\boxed{{{message["what is ".Length] - '0' + (i == 2 ? 1 : 0)}}} é");

    private sealed class Immediate(Action<EvaluationRecord> see) : IProgress<EvaluationRecord>
    {
        public void Report(EvaluationRecord value) => see(value);
    }
}
