// Traces and metrics of a run through OpenTelemetry: the activities of the source "Mel" and the instruments of the meter "Mel", on the console, and over OTLP
// where OTEL_EXPORTER_OTLP_ENDPOINT says where to. The figures of every step go to TensorBoard besides.
//
//   dotnet run -c Release --project samples/Telemetry [-- --steps 3 --out runs/telemetry]
//   OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:4317 dotnet run -c Release --project samples/Telemetry -- --no-console
//   tensorboard --logdir runs/telemetry
//
// docs/telemetry.md says what each activity and each of its tags is.

using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Mel.Diagnostics;
using Mel.Runtime;
using Mel.Samples.Telemetry;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
ParseResult parsed = Settings.Command(ObservedRun.RunAsync).Parse(args);
if (parsed.Errors.Count > 0)
{
    foreach (ParseError error in parsed.Errors) Console.Error.WriteLine(error.Message);
    Console.Error.WriteLine("--help shows what there is.");
    return 2;
}

using StopSignals stop = new(_ => Console.Error.WriteLine("Stopping ... (Ctrl-C again leaves at once)"));
try
{
    return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null }, stop.Token);
}
catch (OperationCanceledException)
{
    Console.Error.WriteLine("Stopped. What was done until then is exported.");
    return 130;
}
catch (Exception e)
{
    Console.Error.WriteLine(RunFailure.Of(e) is { } where ? $"{where} {e.Message}" : e.Message);
    return 1;
}
