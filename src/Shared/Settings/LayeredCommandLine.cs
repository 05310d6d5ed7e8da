using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;

namespace Mel.Runtime;

/// <summary>
/// A command line over other sources of settings. In rising order: <c>appsettings.json</c> beside the program, the one in the working directory, the
/// environment, the file behind <c>--from</c>, the command line.
/// </summary>
/// <param name="Result">The command line with what the other sources add to it.</param>
/// <param name="Problems">All that is wrong, each with the source it is in.</param>
internal sealed record LayeredCommandLine(ParseResult Result, IReadOnlyList<string> Problems)
{
    /// <summary>Name of the file with the settings of a run, which lies beside it.</summary>
    public const string RunFile = "run.json";

    /// <summary>The option that names the settings of an earlier run.</summary>
    public static Option<string> From() => new Option<string>("--from")
    {
        Description = $"The {RunFile} of a run: its settings, where this command line does not give them.",
    }.Exists();

    /// <param name="program">The section of the program.</param>
    /// <param name="root">The command.</param>
    /// <param name="settings">The options that the other sources may set.</param>
    /// <param name="from">The option that names a file of settings.</param>
    /// <param name="args">The command line.</param>
    public static LayeredCommandLine Parse(
        string program, RootCommand root, IReadOnlyCollection<Option> settings, Option<string> from, IReadOnlyList<string> args)
    {
        ParseResult given = root.Parse(args);
        if (given.Action is HelpAction) return new LayeredCommandLine(given, []);
        SettingSources sources = new(program, settings);
        foreach (string folder in new[] { AppContext.BaseDirectory, Environment.CurrentDirectory }.Select(Plain).Distinct())
            sources.AddSharedFile(Path.Combine(folder, SettingSources.FileName));
        sources.AddEnvironment();
        if (given.GetResult(from) is { Tokens: [{ Value: var path }] } && File.Exists(path)) sources.AddFile(path);

        string[] added =
        [
            .. from option in settings
               where given.GetResult(option) is null or { Implicit: true }
               where sources.Values.GetValueOrDefault(option.Name).Text is not null
               select $"{option.Name}={sources.Values[option.Name].Text}",
        ];
        ParseResult parsed = root.Parse([.. args, .. added]);
        return new LayeredCommandLine(parsed, [.. parsed.Errors.Select(Described), .. sources.Problems]);

        string Described(ParseError error)
        {
            SymbolResult? at = error.SymbolResult;
            while (at is not null and not OptionResult) at = at.Parent;
            bool isAdded = at is OptionResult { Option.Name: var name } && added.Any(a => a.StartsWith(name + "=", StringComparison.Ordinal));
            return isAdded ? $"{error.Message.TrimEnd('.')} ({sources.Values[((OptionResult)at!).Option.Name].Source})." : error.Message;
        }
    }

    private static string Plain(string folder) => Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
}
