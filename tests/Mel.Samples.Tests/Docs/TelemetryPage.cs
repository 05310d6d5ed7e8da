using Mel.Algorithms;
using Mel.Prompts;
using Mel.Rollouts;
using Mel.Services;
using Mel.Training;
using Mel.Verification;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace Mel.Samples.Tests.Docs;

/// <summary>The code of docs/telemetry.md, compiled and run.</summary>
internal static class TelemetryPage
{
    public static async Task ExportAsync(IPolicy policy, IVerifier verifier, Algorithm algorithm, IPromptSource prompts, TrainerOptions options)
    {
        // <opentelemetry>
        using TracerProvider traces = Sdk.CreateTracerProviderBuilder().AddSource("Mel").AddConsoleExporter().Build();     // or AddOtlpExporter()
        using MeterProvider metrics = Sdk.CreateMeterProviderBuilder().AddMeter("Mel").AddConsoleExporter().Build();
        await new Trainer(policy, verifier, algorithm, options).RunAsync(prompts);
        // </opentelemetry>
    }

    public static void Compose(IPolicy policy, IVerifier verifier, Algorithm algorithm, TrainerOptions options)
    {
        // <tensorboard>
        using TensorBoardFiles board = new(Path.Combine("runs", "first"));
        var trainer = new Trainer(policy, verifier, algorithm, options, new TrainerParts { Services = [board] });
        // </tensorboard>
        ArgumentNullException.ThrowIfNull(trainer);
    }
}
