using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Mel.Samples.Telemetry;

/// <summary>Where traces and metrics of a run go. What is still held back is sent when it is disposed.</summary>
internal sealed class Exporters : IDisposable
{
    /// <summary>The variable that names the endpoint of OTLP.</summary>
    public const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    private readonly TracerProvider _traces;
    private readonly MeterProvider _metrics;

    public Exporters(bool onConsole)
    {
        bool overOtlp = !string.IsNullOrEmpty(Environment.GetEnvironmentVariable(Endpoint));
        // The service's name, unless OTEL_SERVICE_NAME gives it another.
        ResourceBuilder resource = ResourceBuilder.CreateDefault().AddService("mel").AddEnvironmentVariableDetector();
        TracerProviderBuilder traces = Sdk.CreateTracerProviderBuilder().SetResourceBuilder(resource).AddSource("Mel");
        MeterProviderBuilder metrics = Sdk.CreateMeterProviderBuilder().SetResourceBuilder(resource).AddMeter("Mel");
        if (onConsole)
        {
            traces.AddConsoleExporter();
            metrics.AddConsoleExporter();
        }

        if (overOtlp)
        {
            traces.AddOtlpExporter();
            metrics.AddOtlpExporter();
        }

        _traces = traces.Build();
        _metrics = metrics.Build();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _traces.Dispose();
        _metrics.Dispose();
    }
}
