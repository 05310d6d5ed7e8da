using System.Reflection;
using System.Text.RegularExpressions;
using Mel.Algorithms;
using Mel.Diagnostics;
using Mel.Experiences;
using Mel.Objectives;
using Mel.Prompts;
using Mel.Rollouts;
using Mel.Services;
using Mel.Testing;
using Mel.Training;
using Mel.Verification;
using static Mel.Core.Tests.Training.TinyRun;

namespace Mel.Core.Tests.Diagnostics;

/// <summary>Every figure that a run reports has a name in the glossary, and every name in it is a figure that some run reports.</summary>
[TestFixture, NoTensorLeaks]
public sealed partial class MetricNamesTests
{
    private static readonly string[] Names = [.. typeof(MetricNames).GetFields(BindingFlags.Public | BindingFlags.Static).Select(f => (string)f.GetRawConstantValue()!)];

    [Test]
    public void Names_AreDistinct() => Names.Should().OnlyHaveUniqueItems();

    [Test]
    public async Task Names_AreThoseThatRunsReport_AndNoOthers()
    {
        HashSet<string> reported = [];
        foreach (string name in Algorithm.Names) reported.UnionWith(await ReportedAsync(Algorithm.Named(name)));
        reported.UnionWith(await ReportedAsync(Algorithm.Grpo().WithMetaExperience() with { Experiences = Loop }, options: o => o.ReportTermGradients = true));
        reported.UnionWith(await ReportedAsync(Algorithm.Paper().WithMetaExperience() with { Experiences = Loop }, options: o => (o.MiniBatchPrompts, o.Epochs) = (2, 2)));
        reported.UnionWith(await ReportedAsync(Algorithm.Grpo() with
        {
            Objective = new RehearsalObjective(new MetaExperienceObjective(new MetaExperienceObjective(new ClippedSurrogateObjective()))),
            Experiences = (sampler, verifier, time) => new Rehearsing(Loop(sampler, verifier, time)),
        }));
        using BigramPolicy reference = Policy(seed: 2);
        TrainerParts leash = new() { Reference = reference };
        reported.UnionWith(await ReportedAsync(Algorithm.Grpo(o => (o.KlCoefficient, o.EntropyCoefficient) = (0.1, 0.01)), leash));
        reported.UnionWith(await ReportedAsync(Algorithm.ReinforcePlusPlus(advantages: o => o.KlCoefficient = 0.1), leash));
        reported.UnionWith(await ReportedAsync(Algorithm.Rloo().WithKlInReward(0.1), leash));
        reported.UnionWith(await ReportedAsync(Algorithm.Grpo(), verifier: new WeightedVerifier(new("answer", Judge), new("brief", Judge, 0.5))));
        reported.UnionWith(await ReportedAsync(Algorithm.Dapo(), verifier: new WeightedVerifier(new("answer", Judge), new("brief", Judge, 0.5))));
        PeriodicEvaluation evaluation = new(
            Judge, [new Prompt("held-out", "3", "4")],
            new() { EverySteps = 1, Evaluation = new() { Samples = 2, MaxTokens = 4 } });
        reported.UnionWith(await ReportedAsync(Algorithm.Grpo(), new TrainerParts { Services = [evaluation] }));
        reported.UnionWith(await ReportedAsync((Algorithm.Grpo() with { Experiences = Loop }).WithExperienceMemory()));
        GradientProbe probe = new(_ => [new TokenSequence(new[] { 0 }, new[] { 1, 6 }), new TokenSequence(new[] { 1 }, new[] { 2, 6 })], everySteps: 1);
        reported.UnionWith(await ReportedAsync(Algorithm.Grpo(), new TrainerParts { Services = [probe] }));
        using BigramPolicy engine = Policy();
        reported.UnionWith(await ReportedAsync(Algorithm.Grpo(), new TrainerParts { Sampler = new Dated(engine) }));

        reported.Where(r => NameOf(r) is null).Should().BeEmpty("a figure that a run reports has a name in MetricNames");
        Names.Except(reported.Select(NameOf)).Should().BeEmpty("a name in MetricNames is a figure that some run reports");
    }

    [TestCase("reward", "reward")]
    [TestCase("rewards/answer/mean", "rewards/")]
    [TestCase("kept/completions/max_length", "kept/")]
    [TestCase("kept/grad_norm", null)]
    [TestCase("mel/nll_2", "mel/nll")]
    [TestCase("entropy", null)]
    [TestCase("mel/dropped/malformed", "mel/dropped/")]
    public void NameOf_Figure_IsTheNameThatExplainsIt(string figure, string? name) => NameOf(figure).Should().Be(name);

    /// <summary>The name that explains a figure: its own, that of the first of several like terms, or what the figure begins with; null where none does.</summary>
    private static string? NameOf(string figure)
    {
        string plain = Number().Replace(figure, string.Empty);
        if (Names.Contains(plain)) return plain;
        if (Names.Contains(figure)) return figure;
        if (Names.Contains(plain + "_")) return plain + "_";                             // eval/avg_at_8
        string? prefix = Names.Where(n => n.EndsWith('/') && plain.StartsWith(n, StringComparison.Ordinal)).MaxBy(n => n.Length);
        if (prefix != MetricNames.Kept) return prefix;
        string rest = plain[MetricNames.Kept.Length..];
        string[] families = ["reward", "accuracy", "frac_", "group_", "completions/"];
        return families.Any(f => rest.StartsWith(f, StringComparison.Ordinal)) && NameOf(rest) is not null ? prefix : null;
    }

    private static async Task<IEnumerable<string>> ReportedAsync(
        Algorithm algorithm, TrainerParts? parts = null, IVerifier? verifier = null, Action<TrainerOptions>? options = null)
    {
        TrainerOptions shape = Options(steps: 2);
        options?.Invoke(shape);
        return (await RunAsync(shape, algorithm, withExperiences: false, verifier: verifier, parts: parts)).Steps.SelectMany(s => s.Metrics.Keys);
    }

    [GeneratedRegex(@"_\d+$")]
    private static partial Regex Number();

    /// <summary>Adds a sequence to rehearse.</summary>
    private sealed class Rehearsing(IExperienceExtractor inner) : DelegatingExperienceExtractor(inner)
    {
        public override async Task<ExtractionResult> ExtractAsync(ExtractionRequest request, CancellationToken cancellationToken = default)
            => await base.ExtractAsync(request, cancellationToken) with { Rehearsals = [new Rehearsal(new TokenSequence(new[] { 0 }, new[] { 1, 6 }))] };
    }

    /// <summary>Says with which weights it sampled.</summary>
    private sealed class Dated(ISampler inner) : DelegatingSampler(inner)
    {
        public override async Task<IReadOnlyList<IReadOnlyList<Trajectory>>> SampleAsync(
            IReadOnlyList<SamplingRequest> requests, SamplingOptions options, CancellationToken cancellationToken = default)
            => [.. (await base.SampleAsync(requests, options, cancellationToken)).Select(g => (IReadOnlyList<Trajectory>)[.. g.Select(t => t with { WeightVersion = 0 })])];
    }
}
