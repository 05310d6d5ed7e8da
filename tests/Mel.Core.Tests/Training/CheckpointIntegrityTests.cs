using Mel.Checkpoints;
using Mel.Testing;
using Mel.Training;
using static Mel.Core.Tests.Training.TinyRun;

namespace Mel.Core.Tests.Training;

/// <summary>A checkpoint proves itself: what is damaged is refused or replaced by its predecessor, and a folder belongs to one run at a time.</summary>
[TestFixture, NoTensorLeaks]
public sealed class CheckpointIntegrityTests
{
    [Test]
    public async Task Resume_AnyFlippedBit_IsRefused()
    {
        using TemporaryFolder folder = new();
        TrainerOptions options = WithFolder(folder, steps: 1);
        await RunAsync(options);
        string file = folder.File("run.safetensors");
        byte[] sound = File.ReadAllBytes(file);
        options.Steps = 2;
        using BigramPolicy policy = Policy(seed: 5);
        float[] before = policy.Snapshot();
        Random random = new(1);

        for (int i = 0; i < 500; i++)
        {
            byte[] damaged = [.. sound];
            int at = random.Next(damaged.Length), bit = random.Next(8);
            damaged[at] ^= (byte)(1 << bit);
            File.WriteAllBytes(file, damaged);
            await FluentActions.Awaiting(() => RunAsync(options, policy: policy)).Should().ThrowAsync<CheckpointException>($"bit {bit} of byte {at} is flipped");
        }

        policy.Snapshot().Should().Equal(before, "a refused checkpoint leaves the policy alone");
    }

    [TestCase(0)]
    [TestCase(7)]
    [TestCase(100)]
    public async Task Resume_CutOrLengthenedFile_IsRefused(int bytes)
    {
        using TemporaryFolder folder = new();
        TrainerOptions options = WithFolder(folder, steps: 1);
        await RunAsync(options);
        string file = folder.File("run.safetensors");
        byte[] sound = File.ReadAllBytes(file);

        File.WriteAllBytes(file, bytes == 0 ? [] : sound[..^bytes]);
        await FluentActions.Awaiting(() => RunAsync(options)).Should().ThrowAsync<CheckpointException>();
        File.WriteAllBytes(file, [.. sound, .. new byte[bytes + 1]]);
        await FluentActions.Awaiting(() => RunAsync(options)).Should().ThrowAsync<CheckpointException>();
    }

    [TestCase("format", "mel-run/9", "*has the format 'mel-run/9', this version reads 'mel-run/3'*")]
    [TestCase("step", "4294967298", "*'step' = '4294967298'; a whole number up to 2147483647 is expected*")]
    [TestCase("step", "-1", "*'step' = '-1'*")]
    [TestCase("step", "5", "*is the checkpoint of step 5, but the run has 2 steps*")]
    [TestCase("position", "9223372036854775807", "*'position' = '9223372036854775807'*")]
    [TestCase("optimizer_steps", "2", "*'optimizer_steps' = '2'; a whole number up to 1 is expected*")]
    [TestCase("run", "[]", "*does not say which run it belongs to ('*")]
    public async Task Resume_WellSealedNonsense_IsRefused(string key, string value, string message)
    {
        using TemporaryFolder folder = new();
        TrainerOptions options = WithFolder(folder, steps: 1);
        await RunAsync(options);
        options.Steps = 2;
        Reseal(folder.File("run.safetensors"), m => m[key] = value);

        (await FluentActions.Awaiting(() => RunAsync(options)).Should().ThrowAsync<CheckpointException>()).WithMessage(message);
    }

    [Test]
    public async Task Resume_WellSealedNumbersThatAreNotFinite_AreRefused()
    {
        using TemporaryFolder folder = new();
        TrainerOptions options = WithFolder(folder, steps: 1);
        await RunAsync(options);
        Reseal(folder.File("run.safetensors"), _ => { }, t => t[0, 0] = float.PositiveInfinity);

        (await FluentActions.Awaiting(() => RunAsync(options)).Should().ThrowAsync<CheckpointException>())
            .WithMessage("*policy.logits*not finite*");
    }

    [Test]
    public async Task Resume_NewestDamaged_GoesOnFromThePreviousOne_AndSaysSo()
    {
        using TemporaryFolder folder = new();
        TrainerOptions options = WithFolder(folder, steps: 4);
        await RunAsync(options);
        Directory.GetFiles(folder.Path).Select(Path.GetFileName).Should().BeEquivalentTo("run.safetensors", "run.previous.safetensors");
        byte[] bytes = File.ReadAllBytes(folder.File("run.safetensors"));
        bytes[^5] ^= 16;
        File.WriteAllBytes(folder.File("run.safetensors"), bytes);
        options.Steps = 6;
        RecordingLogger<Trainer> logger = new();

        Outcome resumed = await RunAsync(options, parts: new() { Logger = logger });

        resumed.Steps.Select(s => s.Step).Should().Equal(4, 5, 6);
        resumed.Parameters.Should().Equal((await RunAsync(Options(steps: 6))).Parameters);
        logger.Events.Should().ContainSingle(e => e.Message.Contains("the file is damaged", StringComparison.Ordinal)
            && e.Message.Contains("goes on from the older checkpoint", StringComparison.Ordinal) && e.Message.EndsWith("that of step 3", StringComparison.Ordinal));
    }

    [Test]
    public async Task Resume_BothDamaged_IsRefused()
    {
        using TemporaryFolder folder = new();
        TrainerOptions options = WithFolder(folder, steps: 2);
        await RunAsync(options);
        foreach (string file in Directory.GetFiles(folder.Path)) File.WriteAllText(file, "no checkpoint");

        (await FluentActions.Awaiting(() => RunAsync(options)).Should().ThrowAsync<CheckpointException>())
            .WithMessage("*No older checkpoint in the folder is sound. Restore one, or remove the files to begin anew.");
    }

    /// <summary>A process may be killed before the first rename, between the two, or after them.</summary>
    [TestCase(false)]
    [TestCase(true)]
    public async Task Resume_KilledWhileCheckpointsChangePlaces_GoesOnFromTheNextOne(bool betweenRenames)
    {
        using TemporaryFolder folder = new();
        TrainerOptions options = WithFolder(folder, steps: 3);
        await RunAsync(options);
        File.Move(folder.File("run.safetensors"), folder.File("run.next.safetensors"));
        if (!betweenRenames) File.Move(folder.File("run.previous.safetensors"), folder.File("run.safetensors"));
        options.Steps = 5;

        Outcome resumed = await RunAsync(options);

        resumed.Steps.Select(s => s.Step).Should().Equal(4, 5);
        resumed.Parameters.Should().Equal((await RunAsync(Options(steps: 5))).Parameters);
        Directory.GetFiles(folder.Path).Select(Path.GetFileName).Should().BeEquivalentTo("run.safetensors", "run.previous.safetensors");
    }

    [Test]
    public async Task Run_HalfWrittenFilesOfAKilledProcess_AreSwept()
    {
        using TemporaryFolder folder = new();
        string left = folder.File($"run.next.safetensors.{Guid.NewGuid():N}.tmp"), other = folder.File("run.notes.tmp");
        File.WriteAllText(left, "half");
        File.WriteAllText(other, "mine");

        await RunAsync(WithFolder(folder, steps: 1));

        File.Exists(left).Should().BeFalse();
        File.Exists(other).Should().BeTrue("only what a checkpoint was written to is swept");
    }

    [Test]
    public async Task Run_FolderInUseByAnotherRun_IsRefused()
    {
        using TemporaryFolder folder = new();
        Exception? refusal = null;

        await RunAsync(WithFolder(folder, steps: 1), then: _ => refusal = FluentActions
            .Awaiting(() => RunAsync(WithFolder(folder, steps: 1))).Should().ThrowAsync<CheckpointException>().GetAwaiter().GetResult().Which);

        refusal!.Message.Should().Contain("another run is using this checkpoint folder");
        File.Exists(folder.File("run.lock")).Should().BeFalse("the lock ends with the run");
        (await RunAsync(WithFolder(folder, steps: 2))).Steps.Should().ContainSingle();
    }

    [Test]
    public async Task Run_FolderThatIsAFile_IsRefusedBeforeTheFirstStep()
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(folder.File("taken"), "x");
        TrainerOptions options = Options();
        options.CheckpointFolder = folder.File("taken", "run");
        using BigramPolicy policy = Policy();

        (await FluentActions.Awaiting(() => RunAsync(options, policy: policy)).Should().ThrowAsync<CheckpointException>())
            .WithMessage("*checkpoints cannot be written to this folder*Choose a folder that can be written to*");
        policy.Calls.Should().Be(0);
    }

    [Test]
    public async Task Run_CheckpointNameTakenByAFolder_IsRefusedBeforeTheFirstStep()
    {
        using TemporaryFolder folder = new();
        Directory.CreateDirectory(folder.File("run.safetensors"));
        using BigramPolicy policy = Policy();

        (await FluentActions.Awaiting(() => RunAsync(WithFolder(folder, 1), policy: policy)).Should().ThrowAsync<CheckpointException>())
            .WithMessage("*it is a folder, but the checkpoint is written to this name. Remove it.");
        policy.Calls.Should().Be(0);
    }

    private static TrainerOptions WithFolder(TemporaryFolder folder, int steps)
    {
        TrainerOptions options = Options(steps);
        (options.CheckpointFolder, options.CheckpointEverySteps) = (folder.Path, 1);
        return options;
    }

    /// <summary>Changes a checkpoint and seals it again, as somebody would who means harm.</summary>
    private static void Reseal(string path, Action<Dictionary<string, string>> change, Action<TorchSharp.torch.Tensor>? bend = null)
    {
        using var scope = TorchSharp.torch.NewDisposeScope();
        Dictionary<string, string> metadata;
        List<KeyValuePair<string, TorchSharp.torch.Tensor>> tensors = [];
        using (SafetensorsFile file = SafetensorsFile.Open(path))
        {
            metadata = file.Metadata.Where(m => m.Key != SafetensorsSeal.Key).ToDictionary();
            foreach (string name in file.Entries.Keys) tensors.Add(KeyValuePair.Create(name, file.Read(name)));
        }

        change(metadata);
        bend?.Invoke(tensors.Find(t => t.Key == "policy.logits").Value);
        SafetensorsWriter.WriteSealed(path, tensors, metadata);
    }
}
