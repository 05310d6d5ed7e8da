using Spectre.Console;

namespace Mel.Samples.Evaluate;

/// <summary>The console that the program writes to at this moment.</summary>
internal static class Terminal
{
    public static IAnsiConsole Open() => AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Out) });
}
