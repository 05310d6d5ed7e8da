using System.CommandLine;
using Mel.Algorithms;
using Mel.Runtime;

namespace Mel.Samples.TrainMath;

/// <summary>How a command line, the environment and files become the settings of a run.</summary>
internal sealed class TrainCommand
{
    private readonly Option<string> _from = LayeredCommandLine.From();
    private readonly RootCommand _root;

    /// <param name="run">Makes the run.</param>
    public TrainCommand(Func<RunSettings, CancellationToken, Task<int>> run)
    {
        Table.Option<string>(nameof(RunSettings.Objective)).OneOf([.. Algorithm.Names]);
        Table.Option<string>(nameof(RunSettings.Device)).Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: "cuda" }] && !TorchSharp.torch.cuda.is_available())
                result.AddError("--device is 'cuda', but there is no CUDA device that libtorch can use; leave the option out to compute on the processor.");
        });
        Table.Option<string>(nameof(RunSettings.SaveType)).Aliases.Add("--save-dtype");
        _root = new RootCommand("Meta-experience learning on a Hugging Face model and questions with verifiable answers.");
        foreach (Option option in Table.Options) _root.Add(option);
        _root.Add(_from);
        _root.SetAction((parsed, cancellationToken) => run(Table.Read(parsed), cancellationToken));
    }

    /// <summary>The settings as a table.</summary>
    public SettingsTable<RunSettings> Table { get; } = new();

    public LayeredCommandLine Parse(string[] args) => LayeredCommandLine.Parse("TrainMath", _root, [.. Table.Options], _from, args);
}
