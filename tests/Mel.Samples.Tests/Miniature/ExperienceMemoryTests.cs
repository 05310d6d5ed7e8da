using Mel.Algorithms;
using Mel.Diagnostics;
using Mel.Experiences;
using Mel.Memory;
using Mel.Objectives;
using Mel.Prompts;
using Mel.Rollouts;
using Mel.Runtime;
using Mel.Testing;
using Mel.Training;
using Mel.Transformers;

namespace Mel.Samples.Tests.Miniature;

/// <summary>The memory in the built-in world: its keys are facts, and what it rehearses is their rules.</summary>
[TestFixture, NonParallelizable, NoTensorLeaks]
public sealed class ExperienceMemoryTests
{
    [Test]
    public async Task Memory_ThreeSteps_BelievesAndRehearsesFacts()
    {
        World world = MiniatureModel.LoadWorld();
        MiniatureLanguage language = new();
        ExperienceMemory memory = new(new() { MinimumVotes = 2 });
        Algorithm algorithm = Algorithm.PositiveOnly() with
        {
            Objective = new RehearsalObjective(new ClippedSurrogateObjective(), TermScaling.GradientNormRatio(1)),
            Experiences = (sampler, verifier, time) => new RememberingExtractor(
                ExperienceExtractor.Create(sampler, verifier, language, MiniatureModel.MemoryExtraction(), time), sampler, memory, language),
        };

        IReadOnlyList<StepReport> steps = await RunAsync(algorithm, steps: 3);

        RememberedHeuristic[] known = [.. memory.Snapshot()];
        known.Should().OnlyContain(k => IsFact(k.Key));
        RememberedHeuristic[] trusted = [.. known.Where(k => k.Consensus is not null)];
        trusted.Should().HaveCountGreaterThan(5);
        trusted.Count(k => IsTrue(world, k)).Should().BeGreaterThan(trusted.Length * 3 / 4, "two that agree are right more often than one");
        StepReport last = steps[^1];
        (last.Metrics[MetricNames.MemoryKeys], last.Metrics[MetricNames.MemoryTrusted]).Should().Be((known.Length, trusted.Length));
        // A cue begins with <bos>; what is recalled is a rule and the end of an experience.
        last.Experiences.Rehearsals.Should().HaveCount(trusted.Length).And.OnlyContain(r => r.Sequence.Context.Length == 4 && r.Sequence.Response.Length == 2);
        last.Experiences.Rehearsals.Select(r => $"{Words(r.Sequence.Context)} {Words(r.Sequence.Response)}").Should()
            .Equal(trusted.Select(k => $"<bos> {k.Key} {k.Consensus} END"));
        TermReport policy = last.Terms[0], rehearsal = last.Terms.Single(t => t.Name == RehearsalObjective.TermName);
        (rehearsal.Factor * rehearsal.GradientNorm).Should().BeApproximately(policy.GradientNorm, 1e-5 * policy.GradientNorm, "rho is 1");
    }

    [TestCase(BufferContent.Heuristics)]
    [TestCase(BufferContent.CorrectAttempts)]
    public async Task Buffer_TwoSteps_RehearsesWhatItStores(BufferContent content)
    {
        Algorithm algorithm = Algorithm.Grpo().WithRehearsalBuffer(
            new() { Content = content, RehearsalsPerStep = 20 }, MiniatureModel.MemoryExtraction(), new MiniatureLanguage());

        IReadOnlyList<StepReport> steps = await RunAsync(algorithm, steps: 2);

        int tokens = content == BufferContent.Heuristics ? 2 : Chain.StandardTokens;
        steps.Should().OnlyContain(s => s.Experiences.Rehearsals.Count == 20 && s.Experiences.Rehearsals.All(r => r.Sequence.Response.Length == tokens));
        steps.Sum(s => s.Experiences.Candidates).Should().Match(n => content == BufferContent.Heuristics ? n > 0 : n == 0);
    }

    private static bool IsFact(string key)
        => key.Split(' ') is ["HEUR", { } op, { } parity] && Samples.Miniature.Words.TryReadFact(op, parity, out _);

    private static bool IsTrue(World world, RememberedHeuristic key)
    {
        string[] words = key.Key.Split(' ');
        return Samples.Miniature.Words.TryReadFact(words[1], words[2], out Fact fact) && world.TruthOf(fact).Word == key.Consensus;
    }

    private static string Words(ReadOnlyMemory<int> tokens) => string.Join(' ', tokens.ToArray().Select(Vocabulary.WordOf));

    private static async Task<IReadOnlyList<StepReport>> RunAsync(Algorithm algorithm, int steps)
    {
        ComputeThreads.Set(1);
        using TransformerPolicy policy = MiniatureModel.Load();
        TrainerOptions options = new()
        {
            Steps = steps,
            PromptsPerStep = 32,
            GroupSize = 8,
            Sampling = new SamplingOptions { MaxTokens = Chain.StandardTokens },
            Optimizer = new OptimizerOptions { LearningRate = 7e-4, WarmupSteps = 5, Beta2 = 0.99 },
        };
        RecordingProgress progress = new();
        PromptList questions = new(QuestionSets.Training(MiniatureModel.LoadWorld(), steps * 32, seed: 5));
        await new Trainer(policy, new ChainVerifier(), algorithm, options).RunAsync(questions, progress);
        return progress.Reports;
    }
}
