using Spectre.Console;

namespace Mel.Terminal.Tests;

[TestFixture]
public sealed class RunBoardTests
{
    [Test]
    public void Report_RedirectedOutput_IsOnePlainLinePerStep()
    {
        (FakeTerminal output, IAnsiConsole console) = FakeTerminal.Create(live: false);
        using (RunBoard board = new(console))
        {
            BoardRun run = board.Add("GRPO");
            run.Report(Reports.Step(1));
            run.Report(Reports.Step(2, reward: 1, retained: 0, candidates: 0, signal: false));
        }

        output.Text.ReplaceLineEndings("\n").Should().Be(
            "GRPO  step 1/10  accuracy 0.500  reward 0.500  retained 5/12 42%  tokens/s 38,211  remaining 0:04:30\n" +
            "GRPO  step 2/10  accuracy 1.000  reward 1.000  retained -  tokens/s 38,211  remaining 0:04:00  (no signal: not updated)\n");
    }

    [Test]
    public void Report_RedirectedOutput_ShowsTheLastEvaluation()
    {
        (FakeTerminal output, IAnsiConsole console) = FakeTerminal.Create(live: false);
        using RunBoard board = new(console);
        BoardRun run = board.Add();
        run.Report(Reports.Step(1, extra: ("eval/pass_at_1", 0.25)));
        run.Report(Reports.Step(2));
        output.Lines.Should().OnlyContain(line => line.Contains("  eval/pass_at_1 0.250  "));
    }

    [Test]
    public void Dispose_Terminal_LeavesTheLastFiguresOfEveryRun()
    {
        (FakeTerminal output, IAnsiConsole console) = FakeTerminal.Create(live: true, width: 80);
        using (RunBoard board = new(console))
        {
            BoardRun first = board.Add("GRPO");
            board.Add("GRPO + ME");
            for (int step = 1; step <= 5; step++) first.Report(Reports.Step(step, reward: step / 10.0));
        }

        string[] frame = LastFrame(output);
        frame[0].Should().StartWith("GRPO       ━━━━━━━━━━━━────────────  5/10  0:02:30 left  38,211 tokens/s".Replace("  5/10", " 5/10"));
        frame[1].Should().Be("  accuracy 0.500 ▁▃▄▆█");
        frame[2].Should().Be("  entropy 0.83  length 21.5  clipped 1.5%  retained 5/12 42%  no signal 25%");
        frame[3].Should().Be("  time  sample 50%  judge 10%  update 40%");
        frame[4].Should().Be("  learned h");
        frame[5].Should().Be("GRPO + ME  waiting for its first step");
    }

    [Test]
    public void Report_Terminal_FigureThatReachesTheEnd_IsDone()
    {
        (FakeTerminal output, IAnsiConsole console) = FakeTerminal.Create(live: true);
        using (RunBoard board = new(console)) board.Add().Report(Reports.Step(10));
        LastFrame(output)[0].Should().EndWith("10/10  done  38,211 tokens/s");
    }

    [TestCase(1), TestCase(2), TestCase(17), TestCase(43), TestCase(80), TestCase(160)]
    public void Report_AnyWidth_FitsEveryLine(int width)
    {
        (FakeTerminal output, IAnsiConsole console) = FakeTerminal.Create(live: true, width);
        using (RunBoard board = new(console))
        {
            BoardRun run = board.Add("GRPO + \u001b[31mME");
            for (int step = 1; step <= 10; step++) run.Report(Reports.Step(step, signal: step % 2 == 0, extra: ("eval/pass_at_1", step / 20.0)));
        }

        foreach (string line in LastFrame(output)) line.Length.Should().BeLessThanOrEqualTo(Math.Max(1, width - 4), "'{0}' must fit", line);
    }

    [TestCase(24, 1, 5, TestName = "Report_OneRun_ShowsEverything"), TestCase(24, 8, 2, TestName = "Report_EightRuns_ShowProgressAndCurves")]
    [TestCase(24, 15, 1, TestName = "Report_FifteenRuns_ShowProgress"), TestCase(8, 2, 2, TestName = "Report_LowTerminal_SaysLess")]
    public void Report_Height_DecidesTheDetail(int height, int runs, int linesPerRun)
    {
        (FakeTerminal output, IAnsiConsole console) = FakeTerminal.Create(live: true, height: height);
        using (RunBoard board = new(console))
            foreach (BoardRun run in Enumerable.Range(0, runs).Select(i => board.Add($"run {i}")).ToArray()) run.Report(Reports.Step(1));
        LastFrame(output).Should().HaveCount(runs * linesPerRun);
    }

    [Test]
    public void Report_StepsPerLine_KeepsTheFirstAndTheLast()
    {
        (FakeTerminal output, IAnsiConsole console) = FakeTerminal.Create(live: false);
        using RunBoard board = new(console, new RunBoardOptions { StepsPerLine = 4 });
        BoardRun run = board.Add();
        for (int step = 1; step <= 10; step++) run.Report(Reports.Step(step));
        output.Lines.Select(line => line.Split(' ')[1]).Should().Equal("1/10", "4/10", "8/10", "10/10");
    }

    [Test]
    public void Report_FirstStepCompilesCode_RemainingTimeForgetsItAfterTheSecond()
    {
        (FakeTerminal output, IAnsiConsole console) = FakeTerminal.Create(live: false);
        using RunBoard board = new(console);
        BoardRun run = board.Add();
        run.Report(Reports.Step(1, seconds: 100));
        run.Report(Reports.Step(2, seconds: 10));
        run.Report(Reports.Step(3, seconds: 20));
        output.Lines.Select(line => line[^7..]).Should().Equal("0:15:00", "0:01:20", "0:01:45");
    }

    [Test]
    public void Report_OddNumbers_AreShownAsDashes()
    {
        (FakeTerminal output, IAnsiConsole console) = FakeTerminal.Create(live: false);
        using RunBoard board = new(console);
        board.Add().Report(Reports.Step(12, steps: 10, reward: double.NaN, throughput: double.PositiveInfinity));
        board.Add().Report(Reports.Step(1, steps: int.MaxValue));
        output.Lines[0].Trim().Should().Be("step 12/10  accuracy -  reward -  retained 5/12 42%  tokens/s -  remaining 0:00:00");
        output.Lines[1].Should().Contain("remaining 9999.00:00:00");
    }

    [TestCase(true), TestCase(false)]
    public void Report_OutputThatBreaks_DoesNotStopTheRun(bool live)
    {
        (FakeTerminal output, IAnsiConsole console) = FakeTerminal.Create(live);
        using RunBoard board = new(console);
        BoardRun run = board.Add();
        run.Report(Reports.Step(1));
        output.Fails = true;
        FluentActions.Invoking(() => run.Report(Reports.Step(2))).Should().NotThrow();
        FluentActions.Invoking(() => board.WriteLine("a notice")).Should().NotThrow();
        FluentActions.Invoking(board.Dispose).Should().NotThrow();
    }

    [Test]
    public void Report_FromSeveralThreads_KeepsLinesWhole()
    {
        (FakeTerminal output, IAnsiConsole console) = FakeTerminal.Create(live: false);
        using RunBoard board = new(console);
        BoardRun run = board.Add();
        Parallel.For(1, 201, step => run.Report(Reports.Step(step, 1000)));
        output.Lines.Should().HaveCount(200).And.OnlyContain(line => line.StartsWith("step ", StringComparison.Ordinal));
    }

    [Test]
    public void WriteLine_WhileRunning_StandsOnALineOfItsOwn_WithoutControlCharacters([Values] bool live, [Values] bool drawn)
    {
        (FakeTerminal output, IAnsiConsole console) = FakeTerminal.Create(live);
        using (RunBoard board = new(console))
        {
            board.Add("GRPO").Report(Reports.Step(1));
            if (drawn) SpinWait.SpinUntil(() => output.Text.Contains("GRPO", StringComparison.Ordinal), TimeSpan.FromSeconds(30)).Should().BeTrue();
            board.WriteLine("Stopping [at] the \u001b[2Jboundary");
        }

        IReadOnlyList<string> screen = Screen.Of(output.Text);
        screen.Should().ContainSingle(line => line == "Stopping [at] the ␛[2Jboundary");
        screen.Should().ContainSingle(line => line.Contains("GRPO", StringComparison.Ordinal), "a board is drawn over its last frame");
    }

    [Test]
    public void Create_ImpossibleOptions_AreRefused()
    {
        FluentActions.Invoking(() => new RunBoard(null, new RunBoardOptions { StepsPerLine = 0 })).Should()
            .Throw<Microsoft.Extensions.Options.OptionsValidationException>();
        FluentActions.Invoking(() => new RunBoard(null, new RunBoardOptions { EstimateFromSteps = 0 })).Should()
            .Throw<Microsoft.Extensions.Options.OptionsValidationException>();
    }

    [Test]
    public void Add_DisposedBoard_IsRefused()
    {
        RunBoard board = new(FakeTerminal.Create(live: true).Console);
        board.Dispose();
        FluentActions.Invoking(() => board.Add("late")).Should().Throw<ObjectDisposedException>();
    }

    [Test]
    public void Report_OwnConsoleOfATestRun_DoesNotThrow()
    {
        using RunBoard board = new();
        board.Add().Report(Reports.Step(1));
    }

    private static string[] LastFrame(FakeTerminal output) => [.. Screen.Of(output.Text)];
}
