using System.Text.Json.Nodes;
using Mel.Testing;

namespace Mel.Samples.Tests.QuickStart;

/// <summary>Where settings come from: files, the environment, the run of before and the command line, each over those before it.</summary>
[TestFixture, NonParallelizable, FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class QuickStartSourcesTests : IDisposable
{
    private const string Sample = "Mel.Samples.QuickStart";

    private static readonly string[] Variables = ["MEL_QUICKSTART__STEPS", "MEL_QUICKSTART__SEED", "MEL_QUICKSTART__SPEED", "MEL_QUICKSTRAT__SEED", "MEL_STEPS"];

    private readonly TemporaryFolder _folder = new();
    private readonly string _before = Environment.CurrentDirectory;

    public QuickStartSourcesTests() => Environment.CurrentDirectory = _folder.Path;

    public void Dispose()
    {
        Environment.CurrentDirectory = _before;
        foreach (string variable in Variables) Environment.SetEnvironmentVariable(variable, null);
        _folder.Dispose();
    }

    [Test]
    public void Sources_EachStandsOverThoseBeforeIt_AndTheRunsOwnFileStartsItAgain()
    {
        _folder.Write("appsettings.json", """{ "QuickStart": { "Steps": 4, "seeds": 1, "Seed": 5, "out": "mine" }, "Logging": { "LogLevel": { "Default": "Warning" } } } // mine""");
        Environment.SetEnvironmentVariable("MEL_QUICKSTART__STEPS", "3");
        Environment.SetEnvironmentVariable("MEL_QUICKSTART__SEED", "7");
        Environment.SetEnvironmentVariable("MEL_STEPS", "a variable of somebody else");

        (int code, string output, string error) = SampleProgram.Run(Sample, "--steps", "1");

        error.Should().BeEmpty();
        code.Should().Be(0);
        output.Should().Contain(", 1 steps of 32").And.Contain("seed 7.");
        JsonNode.DeepEquals(JsonNode.Parse(File.ReadAllText(_folder.File("mine", "run.json"))), JsonNode.Parse("""{ "steps": 1, "seeds": 1, "seed": 7 }""")).Should().BeTrue();
        File.Exists(_folder.File("mine", "grpo-me-eq7", "seed-7", "rollouts.jsonl")).Should().BeTrue();

        (code, _, error) = SampleProgram.Run(Sample, "--from", Path.Combine("mine", "run.json"), "--out", "again");

        error.Should().BeEmpty();
        code.Should().Be(0);
        File.ReadAllText(_folder.File("again", "run.json")).Should().Be(File.ReadAllText(_folder.File("mine", "run.json")), "it stands over file and environment");
        File.ReadAllText(_folder.File("again", "grpo", "seed-7", "rollouts.jsonl")).Should().Be(
            File.ReadAllText(_folder.File("mine", "grpo", "seed-7", "rollouts.jsonl")));
    }

    [Test]
    public void Sources_WhatIsWrongInThem_IsSaidAllAtOnce_ByNameAndSource()
    {
        _folder.Write("appsettings.json", """{ "QuickStart": { "Stepz": 4, "seeds": "many", "out": ["a"] }, "QuickStrat": {} , "TrainMath": { "anything": 1 } }""");
        string run = _folder.Write("run.json", """{ "steps": 1001, "sed": 1 }""");
        Environment.SetEnvironmentVariable("MEL_QUICKSTART__SPEED", "9");
        Environment.SetEnvironmentVariable("MEL_QUICKSTRAT__SEED", "1");

        (int code, string output, string error) = SampleProgram.Run(Sample, "--from", run, "--seed", "first");

        code.Should().Be(2);
        output.Should().BeEmpty();
        error.Should().Contain("'QuickStart:Stepz' is no setting; known are steps, seeds, seed, out.").And.MatchRegex(@"'many'.*\(QuickStart:seeds in .*appsettings\.json\)")
            .And.Contain("'QuickStart:out' is a list or a section, expected a value").And.Contain("'QuickStrat' is no section; known are QuickStart, TrainMath, Logging.")
            .And.Contain("--steps is '1001', expected a number of at most 1000 (steps in ").And.Contain("'sed' is no setting").And.Contain("'MEL_QUICKSTART__SPEED' is no setting")
            .And.Contain("'MEL_QUICKSTRAT__SEED' names no section").And.MatchRegex("'first'.*'--seed'").And.NotContain("anything");
        Directory.Exists("runs").Should().BeFalse();
    }

    [Test]
    public void Sources_Help_IsShownWhateverIsWrong()
    {
        _folder.Write("appsettings.json", "{");

        SampleProgram.Run(Sample, "--help").Should().Match<(int ExitCode, string Output, string Error)>(r => r.ExitCode == 0 && r.Output.Contains("--from") && r.Error == "");
    }
}
