using Spectre.Console;

namespace Mel.Terminal.Tests;

[TestFixture]
public sealed class MelConsoleExtensionsTests
{
    [Test]
    public void WriteExperience_TextOfAModel_ReachesTheTerminalWithoutMarkupOrControl()
    {
        (FakeTerminal output, IAnsiConsole console) = FakeTerminal.Create(live: false);
        console.WriteExperience(Reports.Experience("step [bold]2[/]\nline two", "\u001b[2J\u0007gone\r\u202Eabc\u009B1m", "[/] Add\tfirst."));
        output.Text.ReplaceLineEndings("\n").Should().Be(
            "  question\n    What is [red]2+2[/]?\n  where the attempts part\n    step [bold]2[/]\n    line two\n" +
            "  critique\n    ␛[2J␇gone\n    \uFFFDabc\uFFFD1m\n  heuristic\n    [/] Add\tfirst.\n\n");
    }

    [Test]
    public void WriteExperience_Terminal_HasBoldNamesAndNoOtherEscape()
    {
        (FakeTerminal output, IAnsiConsole console) = FakeTerminal.Create(live: true, width: 3);
        console.WriteExperience(Reports.Experience("\u001b[31m", "", ""));
        output.Text.Replace("\u001b[1m", "", StringComparison.Ordinal).Replace("\u001b[0m", "", StringComparison.Ordinal).Should().NotContain("\u001b");
    }

    [Test]
    public void WriteComparison_Rows_AreAligned()
    {
        (FakeTerminal output, IAnsiConsole console) = FakeTerminal.Create(live: false);
        console.WriteComparison(["run", "Pass@1", "s"], ["base", "12.5", "0"], ["GRPO + ME", "61.0", "40"]);
        output.Text.ReplaceLineEndings("\n").Should().Be(
            "run        Pass@1   s\n" +
            "---------------------\n" +
            "base         12.5   0\n" +
            "GRPO + ME    61.0  40\n");
        FluentActions.Invoking(() => console.WriteComparison(["run", "s"], ["base"])).Should().Throw<ArgumentException>().WithMessage("*1 cells*2*");
    }
}
