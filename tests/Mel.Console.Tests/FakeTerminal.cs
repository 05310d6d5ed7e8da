using System.Text;
using Spectre.Console;

namespace Mel.Terminal.Tests;

/// <summary>A console whose output is kept as text.</summary>
internal sealed class FakeTerminal : IAnsiConsoleOutput
{
    private readonly StringBuilder _text = new();
    private readonly TextWriter _writer;

    private FakeTerminal(bool isTerminal, int width, int height)
    {
        (IsTerminal, Width, Height) = (isTerminal, width, height);
        _writer = TextWriter.Synchronized(new StringWriter(_text));
    }

    public TextWriter Writer => Fails ? throw new IOException("Broken pipe") : _writer;
    public bool IsTerminal { get; }
    public int Width { get; }
    public int Height { get; }
    public bool Fails { get; set; }

    /// <summary>What was written until now; safe while a board is being drawn, for the synchronized writer locks itself.</summary>
    public string Text
    {
        get
        {
            lock (_writer) return _text.ToString();
        }
    }

    public string[] Lines => Text.TrimEnd('\n').Split('\n');

    public static (FakeTerminal Output, IAnsiConsole Console) Create(bool live, int width = 100, int height = 24)
    {
        var output = new FakeTerminal(live, width, height);
        return (output, AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = live ? AnsiSupport.Yes : AnsiSupport.No,
            Interactive = live ? InteractionSupport.Yes : InteractionSupport.No,
            Out = output,
        }));
    }

    public void SetEncoding(Encoding encoding)
    {
    }
}
