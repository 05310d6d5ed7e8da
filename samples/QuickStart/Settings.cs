using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Mel.Samples.QuickStart;

/// <summary>What the command line says.</summary>
/// <param name="Steps">Steps of each run.</param>
/// <param name="Seeds">Number of seeds.</param>
/// <param name="Seed">The first seed; the others follow it.</param>
/// <param name="OutputFolder">Folder of figures and pictures.</param>
internal sealed record Settings(int Steps, int Seeds, ulong Seed, string OutputFolder)
{
    /// <summary>The seeds of the runs.</summary>
    public ulong[] AllSeeds => [.. Enumerable.Range(0, Seeds).Select(n => unchecked(Seed + (ulong)n))];

    /// <summary>Where a variant with one seed writes its figures.</summary>
    public string MetricsFile(Variant variant, ulong seed) => Path.Combine(OutputFolder, variant.FileName, $"seed-{seed}", "metrics.jsonl");

    public static RootCommand Command(Func<Settings, CancellationToken, Task> run)
    {
        Option<int> steps = Within(With("--steps", "Steps of each run, 1 to 1000.", 30), 1, 1000);
        Option<int> seeds = Within(With("--seeds", "Seeds of each variant, 1 to 100. One seed gives no verdict.", 3), 1, 100);
        Option<ulong> seed = With("--seed", "The first seed; the others follow it.", 1UL);
        Option<string> output = With("--out", "Folder of figures and pictures.", Path.Combine("runs", "quickstart"));
        RootCommand command = new("Trains the built-in model with and without meta-experiences, and compares over seeds.") { steps, seeds, seed, output };
        command.SetAction((parsed, cancellationToken) => run(
            new Settings(parsed.GetValue(steps), parsed.GetValue(seeds), parsed.GetValue(seed), parsed.GetValue(output)!), cancellationToken));
        return command;
    }

    private static Option<T> With<T>(string name, string description, T value) => new(name) { Description = description, DefaultValueFactory = _ => value };

    /// <summary>Requires a number in a range; what is no number at all is reported by the parser.</summary>
    private static Option<int> Within(Option<int> option, int lowest, int highest)
    {
        option.Validators.Add(result =>
        {
            foreach (Token token in result.Tokens)
            {
                if (int.TryParse(token.Value, NumberStyles.Integer, CultureInfo.InvariantCulture, out int number) && (number < lowest || number > highest))
                    result.AddError($"{option.Name} is '{token.Value}', expected a number from {lowest} to {highest}.");
            }
        });
        return option;
    }
}
