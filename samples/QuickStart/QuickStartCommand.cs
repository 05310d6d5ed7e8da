using System.CommandLine;
using Mel.Runtime;

namespace Mel.Samples.QuickStart;

/// <summary>How a command line, the environment and files become the settings of the program.</summary>
internal sealed class QuickStartCommand
{
    private readonly Option<string> _from = LayeredCommandLine.From();
    private readonly RootCommand _root = new("Trains the built-in model with and without meta-experiences, and compares over seeds.");
    private readonly SettingsTable<Settings> _table = new();

    /// <param name="run">Makes the runs.</param>
    public QuickStartCommand(Func<Settings, CancellationToken, Task> run)
    {
        foreach (Option option in _table.Options) _root.Add(option);
        _root.Add(_from);
        _root.SetAction((parsed, cancellationToken) =>
        {
            Settings settings = _table.Read(parsed);
            // Beside all runs, and beside each for whoever looks at that one.
            foreach (string folder in settings.RunFolders.Prepend(settings.Out))
            {
                Directory.CreateDirectory(folder);
                File.WriteAllText(Path.Combine(folder, LayeredCommandLine.RunFile), _table.ToJson(settings));
            }

            return run(settings, cancellationToken);
        });
    }

    public LayeredCommandLine Parse(string[] args) => LayeredCommandLine.Parse("QuickStart", _root, [.. _table.Options], _from, args);
}
