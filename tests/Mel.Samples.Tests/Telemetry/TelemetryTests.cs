using System.Net;
using System.Text;
using System.Text.Json;
using Mel.Testing;

namespace Mel.Samples.Tests.Telemetry;

[TestFixture, NonParallelizable]
public sealed class TelemetryTests
{
    private const string Sample = "Mel.Samples.Telemetry";

    [Test]
    public void Telemetry_Console_ShowsActivitiesInsideOut_AndInstruments_AndWritesTheFigures()
    {
        using TemporaryFolder folder = new();

        (int code, string output, string error) = SampleProgram.Run(Sample, "--steps", "2", "--out", folder.Path);

        error.Should().BeEmpty();
        code.Should().Be(0);
        string[] names = [.. output.Split('\n').Where(l => l.StartsWith("Activity.DisplayName:", StringComparison.Ordinal)).Select(l => l.Split(':')[1].Trim())];
        names.Should().Contain(["sample trajectories", "verify trajectories", "extract experiences", "replay experiences", "estimate advantages", "update policy", "evaluate policy"]);
        names.Count(n => n == "run step").Should().Be(2);
        names[^1].Should().Be("train policy", "an activity is exported when it ends");
        output.Should().Contain("mel.run.algorithm: grpo+me").And.Contain("mel.step.number: 2").And.Contain("service.name: mel");
        foreach (string instrument in (string[])["mel.step.duration", "mel.phase.duration", "mel.rollout.tokens", "mel.reward.mean", "mel.experience.accepted"])
            output.Should().Contain($"Metric Name: {instrument},");
        output.Should().Contain("2 steps, ").And.Contain("(0.5,1]:", "the bounds of durations are made for seconds");
        EventFile.Scalars(folder.File("tensorboard")).Where(s => s.Tag == "reward").Select(s => s.Value).Should()
            .Equal(File.ReadLines(folder.File("metrics.jsonl")).Select(line => (float)JsonDocument.Parse(line).RootElement.GetProperty("reward").GetDouble()));
    }

    [Test]
    public async Task Telemetry_Endpoint_ReceivesTracesAndMetrics()
    {
        using TemporaryFolder folder = new();
        using Collector collector = new();
        (string Name, string Value)[] variables =
            [("OTEL_EXPORTER_OTLP_ENDPOINT", collector.Address), ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"), ("OTEL_SERVICE_NAME", "rehearsal")];
        foreach ((string name, string value) in variables) Environment.SetEnvironmentVariable(name, value);
        try
        {
            (int code, string output, string error) = SampleProgram.Run(Sample, "--steps", "1", "--no-console", "--out", folder.Path);

            error.Should().BeEmpty();
            code.Should().Be(0);
            output.Should().StartWith("1 steps, ", "nothing else is on the console");
        }
        finally
        {
            foreach ((string name, _) in variables) Environment.SetEnvironmentVariable(name, null);
        }

        Dictionary<string, string> received = await collector.CloseAsync();
        received["/v1/traces"].Should().Contain("train policy").And.Contain("run step").And.Contain("mel.step.number").And.Contain("rehearsal");
        received["/v1/metrics"].Should().Contain("mel.phase.duration").And.Contain("verification").And.Contain("rehearsal");
    }

    [Test]
    public void Telemetry_WrongOptions_AreReportedAllAtOnceByName()
    {
        (int code, _, string error) = SampleProgram.Run(Sample, "--steps", "0", "--seed", "some", "--sted", "1");

        code.Should().Be(2);
        error.Should().Contain("--steps is '0', expected a number of at least 1.").And.Contain("'--seed'").And.Contain("'--sted'").And.Contain("--help");
    }

    [Test]
    public void Telemetry_Help_NamesEveryOption()
    {
        (int code, string output, _) = SampleProgram.Run(Sample, "--help");

        code.Should().Be(0);
        output.Should().Contain("--steps").And.Contain("--seed").And.Contain("--out").And.Contain("--no-console").And.Contain("OTEL_EXPORTER_OTLP_ENDPOINT");
    }

    /// <summary>A collector of OTLP over HTTP on this machine, which keeps what it is sent as text.</summary>
    private sealed class Collector : IDisposable
    {
        private readonly HttpListener _listener = new();
        private readonly Dictionary<string, string> _received = [];
        private readonly Task _work;

        public Collector()
        {
            using (System.Net.Sockets.TcpListener free = new(IPAddress.Loopback, 0))
            {
                free.Start();
                Address = $"http://127.0.0.1:{((IPEndPoint)free.LocalEndpoint).Port}/";
            }

            _listener.Prefixes.Add(Address);
            _listener.Start();
            _work = ListenAsync();
        }

        public string Address { get; }

        public async Task<Dictionary<string, string>> CloseAsync()
        {
            _listener.Stop();
            await _work;
            return _received;
        }

        public void Dispose() => _listener.Close();

        private async Task ListenAsync()
        {
            while (true)
            {
                HttpListenerContext call;
                try
                {
                    call = await _listener.GetContextAsync();
                }
                catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
                {
                    return;
                }

                using MemoryStream body = new();
                await call.Request.InputStream.CopyToAsync(body);
                string path = call.Request.Url!.AbsolutePath;
                _received[path] = _received.GetValueOrDefault(path) + Encoding.Latin1.GetString(body.ToArray());
                call.Response.ContentType = "application/x-protobuf";
                call.Response.Close();
            }
        }
    }
}
