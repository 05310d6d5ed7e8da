using Mel.Services;
using Mel.Testing;
using Mel.Training;
using Microsoft.Extensions.Options;
using static Mel.Core.Tests.Training.TinyRun;

namespace Mel.Core.Tests.Services;

[TestFixture, NoTensorLeaks]
public sealed class EarlyStopTests
{
    // Best is .5 at step 2; the values after it are those of steps 4, 5 and 7: the third is one too many.
    private static readonly double[] Plateau = [0.25, 0.5, double.NaN, 0.4, 0.5, double.NaN, 0.45, 0.9, 0.9];

    [Test]
    public async Task Patience_CountsValues_NotSteps()
    {
        Outcome run = await StoppedAsync(new() { Figure = "score", Patience = 3 }, Plateau);

        run.Report.Should().BeEquivalentTo(new { Steps = 7, StopReason = "score did not rise above the 0.5 of step 2 in 3 values since" });
    }

    [TestCase(null, 0.42, null, 4, "score is 0.4, below the bound 0.42", TestName = "Bound_Below")]
    [TestCase(null, null, 0.85, 8, "score is 0.9, above the bound 0.85", TestName = "Bound_Above")]
    [TestCase(2, null, 0.95, 5, "score did not rise above the 0.5 of step 2 in 2 values since", TestName = "Bound_PatienceIsFirst")]
    public async Task Bound_Passed_Stops(int? patience, double? below, double? above, int step, string reason)
    {
        double[] values = [0.43, 0.5, double.NaN, below is null ? 0.43 : 0.4, 0.5, double.NaN, 0.45, 0.9, 0.9];

        Outcome run = await StoppedAsync(new() { Figure = "score", Patience = patience, StopBelow = below, StopAbove = above }, values);

        run.Report.Should().BeEquivalentTo(new { Steps = step, StopReason = reason });
    }

    [Test]
    public async Task Direction_Lower_WithAMinimumChange()
    {
        Outcome run = await StoppedAsync(
            new() { Figure = "score", Direction = FigureDirection.Lower, MinimumChange = 0.1, Patience = 2 }, [1, 0.8, 0.75, 0.72, 0.5, 0.4]);

        run.Report.Should().BeEquivalentTo(new { Steps = 4, StopReason = "score did not fall below the 0.8 of step 2 by more than 0.1 in 2 values since" });
    }

    [Test]
    public async Task Step_TheLast_IsNoReasonToStop()
    {
        Outcome run = await StoppedAsync(new() { Figure = "score", Patience = 1 }, [1, 2, 2]);

        run.Report.Should().BeEquivalentTo(new { Steps = 3, StopReason = (string?)null });
    }

    [Test]
    public async Task Resume_OfAStoppedRun_StopsAtOnce_UnlessItIsMorePatient()
    {
        using TemporaryFolder folder = new();
        TrainerOptions options = Options(steps: 9);
        options.CheckpointFolder = folder.Path;
        await StoppedAsync(new() { Figure = "score", Patience = 3 }, Plateau, options);

        Outcome same = await StoppedAsync(new() { Figure = "score", Patience = 3 }, Plateau, options),
            patient = await StoppedAsync(new() { Figure = "score", Patience = 4 }, Plateau, options);

        same.Steps.Should().BeEmpty();
        same.Report.StopReason.Should().Be("score did not rise above the 0.5 of step 2 in 3 values since");
        patient.Steps.Select(s => s.Step).Should().Equal(8, 9);
        patient.Report.StopReason.Should().BeNull("step 8 is the best so far");
    }

    [Test]
    public async Task Resume_InTheMiddle_CountsOn()
    {
        using TemporaryFolder folder = new();
        TrainerOptions options = Options(steps: 5);
        options.CheckpointFolder = folder.Path;
        await StoppedAsync(new() { Figure = "score", Patience = 3 }, Plateau, options);
        options.Steps = 9;

        (await StoppedAsync(new() { Figure = "score", Patience = 3 }, Plateau, options)).Report.Steps.Should().Be(7);
    }

    [Test]
    public void State_OfSomethingElse_IsRefused()
    {
        EarlyStop stop = new();

        foreach (string state in (string[])["", "{", "null", "[]", "{\"Figure\":\"a\",\"BestStep\":-1}"])
            FluentActions.Invoking(() => stop.LoadState(System.Text.Encoding.UTF8.GetBytes(state))).Should().Throw<FormatException>(state);
    }

    [Test]
    public void Options_ThatBreakARule_AreNamed()
    {
        FluentActions.Invoking(() => new EarlyStop(new() { Patience = null })).Should().Throw<OptionsValidationException>().WithMessage(
            "Property Patience: must be set where neither StopBelow nor StopAbove is: nothing would ever stop the run");
        FluentActions.Invoking(() => new EarlyStop(new() { Figure = " ", Patience = 0, StopBelow = 2, StopAbove = 1 })).Should().Throw<OptionsValidationException>()
            .Which.Failures.Should().BeEquivalentTo(
                "Property Figure: must name a figure, for instance 'eval/pass_at_1'", "Property Patience: must be at least 1, got 0",
                "Property StopBelow: must be at most StopAbove = 1, got 2: every value would stop the run");
    }

    private static Task<Outcome> StoppedAsync(EarlyStopOptions options, double[] values, TrainerOptions? trainer = null)
        // The one that watches is given first, and called last.
        => RunAsync(trainer ?? Options(steps: values.Length), parts: new() { Services = [new EarlyStop(options), new Scripted("score", values)] });
}
