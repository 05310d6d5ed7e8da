using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Mel.Testing;

namespace Mel.Samples.Tests.KilledRun;

/// <summary>
/// A run with meta-experiences is killed at random moments, most of them in a step, in the evaluation or in the checkpoints after it, and started again until it
/// is done. Weights, moments, counters, figures, records, and the checkpoints that are kept are those of a run that nobody killed.
/// </summary>
[TestFixture, NonParallelizable, Platform(Include = "Unix")]
public sealed partial class KilledRunTests : IDisposable
{
    private const int Steps = 24, Kills = 20, Interrupt = 2, Hangup = 1, Kill = 9, Terminate = 15;

    private static readonly string[] Clock = ["step_time", "perf/throughput"];

    private TemporaryFolder _folder = null!;
    private string _expected = null!;

    [OneTimeSetUp]
    public void RunUndisturbed()
    {
        _folder = new TemporaryFolder();
        _expected = _folder.File("undisturbed");
        using Process process = Start(_expected);
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        process.ExitCode.Should().Be(0);
    }

    public void Dispose() => _folder.Dispose();

    [TestCase(Kill)]
    [TestCase(Terminate)]
    public void Run_StoppedTwentyTimesAtRandomMoments_EqualsTheUndisturbedOne(int signal)
    {
        string folder = _folder.File($"signal-{signal}");
        Random random = new(signal);
        int starts = 0;
        for (int stops = 0; stops < Kills && starts < 10 * Kills; starts++)
        {
            using Process process = Start(folder);
            // Not before the first step of this start is done, so that the run gets on; then anywhere within the next one and its checkpoint.
            if (process.StandardOutput.ReadLine() is not null) Thread.Sleep(random.Next(120));
            if (!process.HasExited && SendSignal(process.Id, signal) == 0) stops++;
            process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            process.ExitCode.Should().BeOneOf([0, signal == Kill ? 137 : 130]);
            if (process.ExitCode == 0) break;
        }

        using (Process last = Start(folder))
        {
            last.StandardOutput.ReadToEnd();
            last.WaitForExit();
            last.ExitCode.Should().Be(0);
        }

        TestContext.Out.WriteLine($"signal {signal}: {starts} starts before the last");
        starts.Should().BeGreaterThan(Kills / 2);
        AssertEqual(folder);
    }

    [TestCase(Interrupt)]
    [TestCase(Hangup)]
    public void Run_OtherSignalsThatAskToEnd_StopAtAStepBoundary(int signal)
    {
        // The runtime leaves such a signal ignored, and the run would rightly go on to its end.
        if (IsIgnored(signal)) Assert.Ignore($"Signal {signal} is ignored here, as under nohup or in a background job.");
        string folder = _folder.File($"signal-{signal}");
        using (Process process = Start(folder))
        {
            process.StandardOutput.ReadLine().Should().Be("1");
            SendSignal(process.Id, signal).Should().Be(0);
            process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            process.ExitCode.Should().Be(130);
        }

        File.Exists(Path.Combine(folder, "checkpoint", "run.safetensors")).Should().BeTrue();
        using Process last = Start(folder);
        last.StandardOutput.ReadToEnd();
        last.WaitForExit();
        AssertEqual(folder);
    }

    [Test]
    public void Run_SecondInterrupt_LeavesAtOnce()
    {
        if (IsIgnored(Interrupt)) Assert.Ignore("Signal 2 is ignored here, as under nohup or in a background job.");
        using Process process = Start(_folder.File("hangs"), "hang");
        process.StandardOutput.ReadLine().Should().Be("1");

        SendSignal(process.Id, Interrupt).Should().Be(0);
        process.WaitForExit(500).Should().BeFalse("the first asks the run to stop, and this one does not hear");
        SendSignal(process.Id, Interrupt).Should().Be(0);

        process.WaitForExit(20_000).Should().BeTrue();
        process.ExitCode.Should().Be(128 + Interrupt);
    }

    private void AssertEqual(string folder)
    {
        AssertSame(folder, Path.Combine("checkpoint", "run.safetensors"), "weights, moments, counters and what the services remember are the same");
        Figures(folder).Should().Equal(Figures(_expected));
        EventFile.Scalars(Path.Combine(folder, "board")).Select(s => (s.Step, s.Tag, s.Value)).Should().Equal(Scalars(folder), "TensorBoard has every step once");
        AssertSame(folder, "rollouts.jsonl", "every trajectory is there once");
        AssertSame(folder, "experiences.jsonl", "every experience is there once");
        string[] kept = Kept(_expected);
        kept.Should().BeEquivalentTo("best/run.safetensors", "run.previous.safetensors", "run.safetensors", "steps/step-15/run.safetensors", "steps/step-20/run.safetensors");
        Kept(folder).Should().BeEquivalentTo(kept);
        foreach (string file in kept.Where(file => file.Contains('/', StringComparison.Ordinal))) AssertSame(folder, Path.Combine("checkpoint", file), file);
    }

    private void AssertSame(string folder, string file, string because)
        => File.ReadAllBytes(Path.Combine(folder, file)).AsSpan().SequenceEqual(File.ReadAllBytes(Path.Combine(_expected, file))).Should().BeTrue(because);

    private static string[] Kept(string folder)
    {
        string root = Path.Combine(folder, "checkpoint");
        return [.. Directory.GetFiles(root, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(root, file)).Order(StringComparer.Ordinal)];
    }

    /// <summary>The lines of the metrics without the figures of the clock.</summary>
    private static string[] Figures(string folder) =>
    [
        .. File.ReadLines(Path.Combine(folder, "metrics.jsonl")).Select(line => string.Join(' ', JsonDocument.Parse(line).RootElement.EnumerateObject()
            .Where(p => !Clock.Contains(p.Name) && !p.Name.StartsWith("timing_s/", StringComparison.Ordinal)).Select(p => p.ToString()))),
    ];

    /// <summary>The lines of the metrics as TensorBoard has them, in single precision.</summary>
    private static IEnumerable<(long Step, string Tag, float Value)> Scalars(string folder)
        => File.ReadLines(Path.Combine(folder, "metrics.jsonl")).Select(line => JsonDocument.Parse(line).RootElement).SelectMany(line => line.EnumerateObject().Skip(1)
            .Select(p => (line.GetProperty("step").GetInt64(), p.Name, p.Value.ValueKind == JsonValueKind.Null ? float.NaN : (float)p.Value.GetDouble())));

    private static bool IsIgnored(int signal)
    {
        if (!OperatingSystem.IsLinux()) return false;
        string mask = File.ReadLines("/proc/self/status").First(line => line.StartsWith("SigIgn:", StringComparison.Ordinal))["SigIgn:".Length..].Trim();
        return (ulong.Parse(mask, NumberStyles.HexNumber, CultureInfo.InvariantCulture) >> (signal - 1) & 1) == 1;
    }

    private static Process Start(string folder, params string[] further)
    {
        ProcessStartInfo start = new("dotnet") { RedirectStandardOutput = true };
        foreach (string argument in (string[])["exec", Path.Combine(AppContext.BaseDirectory, "Mel.KilledRun.dll"), folder, Steps.ToString(CultureInfo.InvariantCulture), .. further])
            start.ArgumentList.Add(argument);
        return Process.Start(start)!;
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SendSignal(int process, int signal);
}
