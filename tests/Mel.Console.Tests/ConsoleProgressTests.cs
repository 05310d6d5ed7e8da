using Spectre.Console;

namespace Mel.Terminal.Tests;

[TestFixture]
public sealed class ConsoleProgressTests
{
    [Test]
    public void Report_RedirectedOutput_IsOnePlainLinePerStep()
    {
        (FakeTerminal output, IAnsiConsole console) = FakeTerminal.Create(live: false);
        using (var progress = new ConsoleProgress(console))
        {
            progress.Report(Reports.Step(1));
            progress.Report(Reports.Step(2, reward: 1, retained: 0, candidates: 0, signal: false));
        }
        output.Text.ReplaceLineEndings("\n").Should().Be(
            "step 1/10  reward 0.500  retained 5/12 42%  tokens/s 38,211  remaining 0:04:30\n" +
            "step 2/10  reward 1.000  retained -  tokens/s 38,211  remaining 0:04:00  (no signal: not updated)\n");
    }

    [Test]
    public void Report_Terminal_IsATableAboveAStatusLineThatDisposeTakesAway()
    {
        (FakeTerminal output, IAnsiConsole console) = FakeTerminal.Create(live: true);
        using (var progress = new ConsoleProgress(console))
        {
            progress.Report(Reports.Step(1));
            output.Text.Should().Contain("step").And.Contain("retained").And.Contain("1/10   0.500    5/12 42%    38,211    0:04:30").And.EndWith("1/10  reward 0.500  0:04:30 left");
            progress.Report(Reports.Step(5));
        }
        output.Text.Should().EndWith("0:02:30 left\r\u001b[2K");
    }

    [TestCase(1)]
    [TestCase(2)]
    [TestCase(17)]
    [TestCase(43)]
    [TestCase(80)]
    public void Report_NarrowTerminal_FitsEveryLine(int width)
    {
        (FakeTerminal output, IAnsiConsole console) = FakeTerminal.Create(live: true, width);
        using (var progress = new ConsoleProgress(console, new ConsoleProgressOptions { Label = "GRPO + \u001b[31mME" }))
        {
            for (int step = 1; step <= 10; step++) progress.Report(Reports.Step(step, signal: step % 2 == 0));
        }
        foreach (string line in output.Text.Split('\r', '\n'))
        {
            string shown = System.Text.RegularExpressions.Regex.Replace(line, "\u001b\\[[0-9;]*[A-Za-z]", "");
            shown.Length.Should().BeLessThan(Math.Max(2, width), "'{0}' must fit", shown);
        }
    }

    [Test]
    public void Report_StepsPerLine_KeepsTheFirstAndTheLast()
    {
        (FakeTerminal output, IAnsiConsole console) = FakeTerminal.Create(live: false);
        using var progress = new ConsoleProgress(console, new ConsoleProgressOptions { StepsPerLine = 4 });
        for (int step = 1; step <= 10; step++) progress.Report(Reports.Step(step));
        output.Lines.Select(line => line.Split(' ')[1]).Should().Equal("1/10", "4/10", "8/10", "10/10");
    }

    [Test]
    public void Report_OddNumbers_AreShownAsDashes()
    {
        (FakeTerminal output, IAnsiConsole console) = FakeTerminal.Create(live: false);
        using var progress = new ConsoleProgress(console);
        progress.Report(Reports.Step(12, steps: 10, reward: double.NaN, throughput: double.PositiveInfinity));
        progress.Report(Reports.Step(1, steps: int.MaxValue));
        output.Lines[0].Trim().Should().Be("step 12/10  reward -  retained 5/12 42%  tokens/s -  remaining 0:00:00");
        output.Lines[1].Should().Contain("remaining 9999.00:00:00");
    }

    [TestCase(true)]
    [TestCase(false)]
    public void Report_OutputThatBreaks_DoesNotStopTheRun(bool live)
    {
        (FakeTerminal output, IAnsiConsole console) = FakeTerminal.Create(live);
        using var progress = new ConsoleProgress(console);
        progress.Report(Reports.Step(1));
        output.Fails = true;
        progress.Report(Reports.Step(2));
        output.Fails = false;
        string before = output.Text;
        progress.Report(Reports.Step(3));
        output.Text.Should().Be(before, "nothing is shown once output broke");
    }

    [Test]
    public void Report_FromSeveralThreads_KeepsLinesWhole()
    {
        (FakeTerminal output, IAnsiConsole console) = FakeTerminal.Create(live: false);
        using var progress = new ConsoleProgress(console);
        Parallel.For(1, 201, step => progress.Report(Reports.Step(step, 1000)));
        output.Lines.Should().HaveCount(200).And.OnlyContain(line => line.StartsWith("step ", StringComparison.Ordinal));
    }

    [Test]
    public void Create_ImpossibleOptions_AreRefused()
    {
        FluentActions.Invoking(() => new ConsoleProgress(null, new ConsoleProgressOptions { StepsPerLine = 0 })).Should().Throw<Microsoft.Extensions.Options.OptionsValidationException>();
        FluentActions.Invoking(() => new ConsoleProgress(null, new ConsoleProgressOptions { EstimateFromSteps = 0 })).Should().Throw<Microsoft.Extensions.Options.OptionsValidationException>();
    }

    [Test]
    public void Report_OwnConsoleOfATestRun_DoesNotThrow()
    {
        using var progress = new ConsoleProgress();
        progress.Report(Reports.Step(1));
    }
}
