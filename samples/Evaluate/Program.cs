// Evaluation: Pass@1 at temperature 0, Avg@k and Pass@k at 0.6, with intervals, in the form of the paper's Table 1.
//
//   dotnet run -c Release --project samples/Evaluate -- run --data <file.jsonl> --model <Hugging Face folder>
//   dotnet run -c Release --project samples/Evaluate -- run                                                       (the built-in model, held-out questions)
//   dotnet run -c Release --project samples/Evaluate -- table <records.jsonl> ...
//   dotnet run -c Release --project samples/Evaluate -- compare <first.jsonl> <second.jsonl>
//
// Every attempt is written to a records file. Ctrl-C stops; the same command goes on where it stopped. docs/evaluation.md has the formulas and an output.

using System.CommandLine;
using System.Globalization;
using Mel.Runtime;
using Mel.Samples.Evaluate;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
RootCommand root = new("Evaluates language models on questions with verifiable answers.")
{
    RunCommand.Create(), TableCommand.Create(), CompareCommand.Create(),
};
CommandLineProgram program = new() { OnStopped = () => Console.Error.WriteLine("Stopped. The same command goes on behind what was recorded.") };
return await program.RunAsync(root.Parse(args));
