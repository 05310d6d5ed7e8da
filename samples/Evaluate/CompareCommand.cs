using System.CommandLine;
using Mel.Runtime;

namespace Mel.Samples.Evaluate;

/// <summary>Compares two evaluations of the same questions.</summary>
internal static class CompareCommand
{
    public static Command Create()
    {
        Argument<string> first = new Argument<string>("first") { Description = "Records to compare with." }.Exists();
        Argument<string> second = new Argument<string>("second") { Description = "Records that are better where the difference is positive." }.Exists();
        Option<ulong> seed = new("--seed") { Description = "Seed of the resamples.", DefaultValueFactory = _ => 0UL };
        Command command = new("compare", "Compares two records files question by question.") { first, second, seed };
        command.SetAction(parsed => RecordsComparison.Load(parsed.GetValue(first)!, parsed.GetValue(second)!).Write(Terminal.Open(), parsed.GetValue(seed)));
        return command;
    }
}
