using System.CommandLine;
using Mel.Evaluation;
using Mel.Prompts;
using Mel.Runtime;
using Spectre.Console;

namespace Mel.Samples.Evaluate;

/// <summary>Evaluates a model on one or several sets, and prints the table.</summary>
internal static class RunCommand
{
    private static readonly EvaluationOptions Defaults = new();

    public static Command Create()
    {
        Option<string> model = With("--model", "A Hugging Face folder, or 'miniature' for the built-in model.", Subject.BuiltIn);
        Option<string[]> data = new Option<string[]>("--data")
        {
            Description = "JSON-lines files with the columns id, problem and answer, one set each. The built-in model has held-out questions of its own.",
            AllowMultipleArgumentsPerToken = true,
        }.Exists();
        Option<string> output = With("--out", "Folder of the records.", Path.Combine("runs", "evaluate"));
        Option<int> samples = With("--samples", "k: attempts per question for Avg@k and Pass@k; 0 leaves both out.", Defaults.Samples).AtLeast(0);
        Option<double> temperature = With("--temperature", "Temperature of those attempts.", Defaults.Temperature).AtLeast(0);
        Option<int?> maxTokens = new Option<int?>("--max-tokens") { Description = "Largest number of tokens of an attempt. [default: 1024]" }.AtLeast(1);
        Option<int?> limit = new Option<int?>("--limit") { Description = "Evaluates on the first questions of each set only." }.AtLeast(1);
        Option<ulong> seed = With("--seed", "Seed of the attempts.", 0UL);
        Option<int> batch = With("--batch", "Questions between two writes of records.", 16).AtLeast(1);
        Option<string> preset = With("--preset", "Where the verifier looks for the answer.", "Evaluation").OneOf([.. Subject.Presets.Keys]);
        Option<string> weights = With("--weights", "Element type of the weights.", "float32").OneOf("float32", "bfloat16");
        Option<string> device = With("--device", "Where the model computes.", "cpu").OneOf("cpu", "cuda");

        Command command = new("run", "Evaluates a model; goes on where an earlier call stopped.")
        {
            model, data, output, samples, temperature, maxTokens, limit, seed, batch, preset, weights, device,
        };
        model.Validators.Add(result =>
        {
            if (result.Tokens is not [{ Value: var folder }] || folder == Subject.BuiltIn) return;
            if (!Directory.Exists(folder)) result.AddError($"--model is '{folder}', expected a folder that exists, or '{Subject.BuiltIn}'.");
            if (result.GetResult(data) is null) result.AddError("--data is missing: a model from a folder needs a set of questions.");
        });
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using Subject subject = Subject.Load(
                parsed.GetValue(model)!, parsed.GetValue(preset)!, parsed.GetValue(weights)!, parsed.GetValue(device)!);
            EvaluationOptions options = new()
            {
                Samples = parsed.GetValue(samples),
                Temperature = parsed.GetValue(temperature),
                MaxTokens = parsed.GetValue(maxTokens) ?? subject.MaxTokens,
                Seed = parsed.GetValue(seed),
                BatchQuestions = parsed.GetValue(batch),
            };
            List<TableEntry> entries = [];
            foreach ((string name, IReadOnlyList<Prompt> prompts) in subject.Sets(parsed.GetValue(data) ?? [], parsed.GetValue(limit)))
            {
                options.RecordsFile = Path.Combine(parsed.GetValue(output)!, subject.Name, $"{name}.jsonl");
                entries.Add(new TableEntry(subject.Name, name, await EvaluateAsync(subject, name, prompts, options, cancellationToken)));
                int unverifiable = entries[^1].Report.Unverifiable;
                Console.WriteLine($"{prompts.Count} questions of {name}, {unverifiable} attempts without a verdict; records: {options.RecordsFile}");
            }

            ResultTable.Write(Terminal.Open(), entries);
            return 0;
        });
        return command;
    }

    private static Task<EvaluationReport> EvaluateAsync(
        Subject subject, string name, IReadOnlyList<Prompt> prompts, EvaluationOptions options, CancellationToken cancellationToken)
        => Terminal.Open().Progress().AutoClear(true).StartAsync(progress =>
        {
            ProgressTask task = progress.AddTask(Markup.Escape(name), maxValue: prompts.Count * (1 + options.Samples));
            Evaluator evaluator = new(subject.Sampler, subject.Verifier) { Progress = new Ticker(task) };
            return evaluator.EvaluateAsync(prompts, options, cancellationToken);
        });

    private static Option<T> With<T>(string name, string description, T value) => new(name) { Description = description, DefaultValueFactory = _ => value };

    private sealed class Ticker(ProgressTask task) : IProgress<EvaluationRecord>
    {
        public void Report(EvaluationRecord value) => task.Increment(1);
    }
}
