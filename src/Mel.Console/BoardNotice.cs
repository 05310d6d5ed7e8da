using Spectre.Console;
using Spectre.Console.Rendering;

namespace Mel.Terminal;

/// <summary>
/// A line above the board. The renderer goes to the board's first row and does not wipe it, so a short line would keep the end of what stood there.
/// </summary>
internal sealed class BoardNotice(string text) : Renderable
{
    private const string EraseToTheEndOfTheScreen = "\u001b[J";

    private readonly IRenderable _text = new Text(text + "\n");

    protected override IEnumerable<Segment> Render(RenderOptions options, int maxWidth)
        => [Segment.Control(EraseToTheEndOfTheScreen), .. _text.Render(options, maxWidth)];
}
