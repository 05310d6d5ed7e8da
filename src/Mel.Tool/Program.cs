using System.CommandLine;
using System.Globalization;
using Mel.Runtime;
using Mel.Tool.Commands;

namespace Mel.Tool;

/// <summary>The command <c>mel</c>.</summary>
internal static class Program
{
    private static Task<int> Main(string[] args)
    {
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        RootCommand root = new("Looks at runs of Mel: pages, pictures, comparisons.") { ReportCommand.Create(), CompareCommand.Create() };
        return new CommandLineProgram().RunAsync(root.Parse(args));
    }
}
