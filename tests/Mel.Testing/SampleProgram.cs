using System.Reflection;

namespace Mel.Testing;

/// <summary>Runs the entry point of a program in this process and keeps what it prints.</summary>
public static class SampleProgram
{
    public static (int ExitCode, string Output, string Error) Run(string assembly, params string[] args)
    {
        TextWriter output = Console.Out, error = Console.Error;
        using StringWriter printed = new(), complained = new();
        Console.SetOut(TextWriter.Synchronized(printed));
        Console.SetError(TextWriter.Synchronized(complained));
        try
        {
            object? code = Assembly.Load(assembly).EntryPoint!.Invoke(null, [args]);
            return ((int)code!, printed.ToString(), complained.ToString());
        }
        finally
        {
            Console.SetOut(output);
            Console.SetError(error);
        }
    }
}
