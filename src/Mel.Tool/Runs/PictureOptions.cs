using System.CommandLine;
using Mel.Report;
using Mel.Runtime;

namespace Mel.Tool.Runs;

/// <summary>The options that every command with pictures has.</summary>
internal sealed class PictureOptions
{
    private readonly Option<string[]> _figures = new("--figure")
    {
        Description = "Names of figures to draw, for instance accuracy. [default: the main ones]", AllowMultipleArgumentsPerToken = true,
        DefaultValueFactory = _ => [],
    };

    private readonly Option<int> _smoothing = new Option<int>("--smoothing")
    {
        Description = "Steps whose mean each point of a curve is.", DefaultValueFactory = _ => 1,
    }.AtLeast(1);

    private readonly Option<bool> _dark = new("--dark") { Description = "Pictures for a dark page." };

    public void AddTo(Command command)
    {
        command.Add(_figures);
        command.Add(_smoothing);
        command.Add(_dark);
    }

    public IReadOnlyList<string> Figures(ParseResult parsed) => parsed.GetValue(_figures)!;

    public ChartOptions Look(ParseResult parsed) => new() { Smoothing = parsed.GetValue(_smoothing), Dark = parsed.GetValue(_dark) };
}
