// The miniature: a synthetic world of step-by-step reasoning, and a small model that half understands it.
//
//   dotnet run -c Release --project samples/Miniature -- show         questions, solutions and lessons
//   dotnet run -c Release --project samples/Miniature -- evaluate     the figures of a model
//   dotnet run -c Release --project samples/Miniature -- warm-start   makes the weights
//   dotnet run -c Release --project samples/Miniature -- --help

using System.CommandLine;
using System.Globalization;
using Mel.Runtime;
using Mel.Samples.Miniature;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
ComputeThreads.Set(1);     // the matrices are small: a second thread costs more than it brings
RootCommand root = new("The miniature: a synthetic world of step-by-step reasoning, and a small model that half understands it.")
{
    WarmStartCommand.Create(), EvaluateCommand.Create(), ShowCommand.Create(),
};
return await new CommandLineProgram().RunAsync(root.Parse(args));
