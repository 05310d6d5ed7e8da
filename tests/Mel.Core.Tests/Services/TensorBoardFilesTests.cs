using System.Globalization;
using System.Text;
using System.Text.Json;
using Mel.Core.Tests.Training;
using Mel.Services;
using Mel.Testing;
using Mel.Training;

namespace Mel.Core.Tests.Services;

[TestFixture]
public sealed class TensorBoardFilesTests
{
    [Test]
    public async Task Report_EveryFigure_IsThatOfMetricsFile()
    {
        using TemporaryFolder folder = new();
        DateTimeOffset before = DateTimeOffset.UtcNow;

        await RunAsync(folder, steps: 3);

        Scalar[] scalars = EventFile.Scalars(folder.File("board"));
        scalars.Select(s => (s.Step, s.Tag, s.Value)).Should().Equal(Figures(folder));
        scalars.Should().Contain(s => s.Tag == "tiny" && s.Value == 0, "single precision has no number so small");
        scalars.Should().Contain(s => s.Tag == "none" && float.IsNaN(s.Value)).And.Contain(s => s.Tag == "accuracy").And.Contain(s => s.Tag == "timing_s/gen");
        scalars.Should().OnlyContain(s => s.WallTime >= (before - DateTimeOffset.UnixEpoch).TotalSeconds - 1 && s.WallTime <= (DateTimeOffset.UtcNow - DateTimeOffset.UnixEpoch).TotalSeconds);
    }

    [Test]
    public async Task File_BeginsWithItsVersion_AndHasARecordAStep()
    {
        using TemporaryFolder folder = new();

        await RunAsync(folder, steps: 3);

        string path = EventFile.In(folder.File("board")).Should().ContainSingle().Which;
        Path.GetFileName(path).Should().MatchRegex(@"^events\.out\.tfevents\.\d{10}\.mel$");
        IReadOnlyList<byte[]> records = EventFile.Records(File.ReadAllBytes(path));
        records.Should().HaveCount(1 + 3);
        Encoding.UTF8.GetString(EventFile.Fields(records[0]).Single(f => f.Number == 3).Bytes).Should().Be("brain.Event:2");
    }

    [Test]
    public async Task Report_IsOnDiskAsSoonAsTheStepIsOver()
    {
        using TemporaryFolder folder = new();
        List<long> last = [];

        await RunAsync(folder, steps: 3, then: _ => last.Add(EventFile.Scalars(folder.File("board"))[^1].Step));

        last.Should().Equal(1, 2, 3);
    }

    [Test]
    public async Task Run_ResumedBehindWhatItHadWritten_HoldsEveryStepOnce_AndTellsAReaderSo()
    {
        using TemporaryFolder folder = new();
        await RunAsync(folder, steps: 4);
        string first = EventFile.In(folder.File("board")).Single();
        byte[] upTo4 = File.ReadAllBytes(first);
        // Killed in step 7: records of steps 5 and 6 with other values, which are those of steps 2 and 3 under other numbers; then a torn one.
        byte[][] later = [.. EventFile.Records(upTo4).Skip(2).Take(2).Select((record, i) => Renumbered(record, (byte)(5 + i)))];
        File.WriteAllBytes(first, [.. upTo4, .. EventFile.Framed(later[0]), .. EventFile.Framed(later[1]), .. EventFile.Framed(later[1])[..^3]]);

        await RunAsync(folder, steps: 8);

        File.ReadAllBytes(first).Should().Equal(upTo4);
        EventFile.Scalars(folder.File("board")).Select(s => (s.Step, s.Tag, s.Value)).Should().Equal(Figures(folder));
        string[] files = EventFile.In(folder.File("board"));
        files.Should().HaveCount(2).And.HaveElementAt(0, first);
        var begin = EventFile.Fields(EventFile.Records(File.ReadAllBytes(files[1]))[1]).ToArray();
        begin.Single(f => f.Number == 2).Value.Should().Be(5, "a reader forgets what it has of this step and of later ones");
        EventFile.Fields(begin.Single(f => f.Number == 7).Bytes).Should().ContainSingle().Which.Should().Match<(int Number, ulong Value, byte[] Bytes)>(f => f.Number == 1 && f.Value == 1);
    }

    [Test]
    public async Task Run_FromAnEarlierCheckpoint_TakesBackWholeFiles()
    {
        using TemporaryFolder folder = new();
        await RunAsync(folder, steps: 2);
        Directory.CreateDirectory(folder.File("kept"));
        File.Copy(folder.File("run", "run.safetensors"), folder.File("kept", "run.safetensors"));
        await RunAsync(folder, steps: 4);
        await RunAsync(folder, steps: 6);
        File.WriteAllText(folder.File("board", "events.out.tfevents.1.other"), "another program's");
        File.WriteAllText(folder.File("board", "events.out.tfevents.x.mel"), "nobody's");

        await RunAsync(folder, steps: 5, checkpoint: "kept");

        string[] files = EventFile.In(folder.File("board"));
        files.Where(f => f.EndsWith(".mel", StringComparison.Ordinal)).Should().HaveCount(3);
        File.ReadAllText(files.Single(f => f.EndsWith(".other", StringComparison.Ordinal))).Should().Be("another program's");
        File.Delete(folder.File("board", "events.out.tfevents.1.other"));
        File.Delete(folder.File("board", "events.out.tfevents.x.mel"));
        EventFile.Scalars(folder.File("board")).Select(s => (s.Step, s.Tag, s.Value)).Should().Equal(Figures(folder));
    }

    [Test]
    public async Task Run_FromTheBeginning_SetsOlderFilesAside()
    {
        using TemporaryFolder folder = new();
        await RunAsync(folder, steps: 2, checkpoint: null);
        Scalar[] older = EventFile.Scalars(folder.File("board"));
        await RunAsync(folder, steps: 1, checkpoint: null);

        await RunAsync(folder, steps: 3, checkpoint: null);

        EventFile.Scalars(folder.File("board")).Select(s => s.Step).Distinct().Should().Equal(1, 2, 3);
        EventFile.Scalars(folder.File("board", "earlier-1")).Should().Equal(older);
        EventFile.Scalars(folder.File("board", "earlier-2")).Select(s => s.Step).Distinct().Should().Equal(1);
    }

    [Test]
    public async Task Run_ThatDidNoStep_LeavesNothingBehind()
    {
        using TemporaryFolder folder = new();
        using CancellationTokenSource stop = new();
        await FluentActions.Awaiting(() => RunAsync(folder, steps: 2, checkpoint: null, first: new Canceling(stop), cancellationToken: stop.Token))
            .Should().ThrowAsync<OperationCanceledException>();

        await RunAsync(folder, steps: 1, checkpoint: null);

        Directory.GetFileSystemEntries(folder.File("board")).Should().ContainSingle();
    }

    [Test]
    public void Files_BeforeARunStarts_AreNotThere()
    {
        using TemporaryFolder folder = new();
        using TensorBoardFiles files = new(folder.File("board"));

        FluentActions.Invoking(() => files.EndAsync(null!).AsTask().Wait()).Should().NotThrow();
        Directory.Exists(folder.File("board")).Should().BeFalse("the folder is made when a run starts");
        FluentActions.Invoking(() => new TensorBoardFiles("")).Should().Throw<ArgumentException>();
    }

    private static async Task RunAsync(
        TemporaryFolder folder, int steps, string? checkpoint = "run", IRunService? first = null, Action<StepReport>? then = null,
        CancellationToken cancellationToken = default)
    {
        TrainerOptions options = TinyRun.Options(steps);
        options.CheckpointFolder = checkpoint is null ? null : folder.File(checkpoint);
        using MetricsFile metrics = new(folder.File("metrics.jsonl"));
        using TensorBoardFiles files = new(folder.File("board"));
        await TinyRun.RunAsync(options, parts: new TrainerParts { Services = [first ?? new Extra(), metrics, files] }, then: then, cancellationToken: cancellationToken);
    }

    /// <summary>The lines of metrics.jsonl, their numbers in single precision.</summary>
    private static IEnumerable<(long Step, string Tag, float Value)> Figures(TemporaryFolder folder)
        => File.ReadLines(folder.File("metrics.jsonl")).Select(line => JsonDocument.Parse(line).RootElement).SelectMany(line => line.EnumerateObject().Skip(1)
            .Select(p => (line.GetProperty("step").GetInt64(), p.Name, p.Value.ValueKind == JsonValueKind.Null ? float.NaN : (float)p.Value.GetDouble())));

    /// <summary>An event with another step, which is a single byte behind wall time: 09 + 8 bytes, 10 + step.</summary>
    private static byte[] Renumbered(byte[] record, byte step)
    {
        (record[0], record[9]).Should().Be((0x09, 0x10));
        return [.. record[..10], step, .. record[11..]];
    }

    private sealed class Extra : IRunService
    {
        public ValueTask StepAsync(RunContext run, StepReport report, CancellationToken cancellationToken)
        {
            run.AddMetric("tiny", 1e-300);
            run.AddMetric("none", double.NaN);
            run.AddMetric("step_as_text/" + report.Step.ToString(CultureInfo.InvariantCulture), report.Step);
            return ValueTask.CompletedTask;
        }
    }

    private sealed class Canceling(CancellationTokenSource stop) : IRunService
    {
        public async ValueTask StepAsync(RunContext run, StepReport report, CancellationToken cancellationToken)
        {
            await stop.CancelAsync();
            cancellationToken.ThrowIfCancellationRequested();
        }
    }
}
