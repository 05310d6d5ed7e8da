using System.CommandLine;
using Mel.Runtime;

namespace Mel.Samples.Telemetry;

/// <summary>What the command line says.</summary>
/// <param name="Steps">Steps of the run.</param>
/// <param name="Seed">Seed of the run.</param>
/// <param name="OutputFolder">Folder of the figures.</param>
/// <param name="OnConsole">Whether the console shows traces and metrics.</param>
internal sealed record Settings(int Steps, ulong Seed, string OutputFolder, bool OnConsole)
{
    public static RootCommand Command(Func<Settings, CancellationToken, Task> run)
    {
        Option<int> steps = With("--steps", "Steps of the run, 1 to 1000.", 3).AtLeast(1).AtMost(1000);
        Option<ulong> seed = With("--seed", "Seed of the run.", 1UL);
        Option<string> output = With("--out", "Folder of the figures: metrics.jsonl and TensorBoard's event files.", Path.Combine("runs", "telemetry"));
        Option<bool> silent = new("--no-console") { Description = "Shows no traces and metrics on the console." };
        RootCommand command = new(
            "Trains the built-in model for a few steps and exports its traces and metrics by OpenTelemetry: to the console, and over OTLP where "
            + $"{Exporters.Endpoint} is set. The other variables of OpenTelemetry (protocol, headers, service name) count, too.")
        {
            steps, seed, output, silent,
        };
        command.SetAction((parsed, cancellationToken) => run(
            new Settings(parsed.GetValue(steps), parsed.GetValue(seed), parsed.GetValue(output)!, !parsed.GetValue(silent)), cancellationToken));
        return command;
    }

    private static Option<T> With<T>(string name, string description, T value) => new(name) { Description = description, DefaultValueFactory = _ => value };
}
