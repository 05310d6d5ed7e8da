using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Engines;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Mel.Algorithms;
using Mel.Objectives;
using Mel.Prompts;
using Mel.Rollouts;
using Mel.Runtime;
using Mel.Samples.Miniature;
using Mel.Training;
using Mel.Transformers;

namespace Mel.Benchmarks.Training;

/// <summary>
/// One step of the built-in model, 32 questions x 8 attempts, on one thread: GRPO, and GRPO with the meta-experience loop. Learning rate 0, so that every step
/// meets the same model.
/// </summary>
[Config(typeof(Settings))]
public class StepBenchmarks
{
    private readonly ulong[] _seeds = [1, 2, 3, 4];
    private TransformerPolicy _policy = null!;
    private PromptList _questions = null!;

    private sealed class Settings : ManualConfig
    {
        public Settings()
            => AddJob(
                Job.Default.WithToolchain(InProcessEmitToolchain.Instance).WithStrategy(RunStrategy.Monitoring).WithWarmupCount(2).WithIterationCount(10));
    }

    [GlobalSetup]
    public void Setup()
    {
        ComputeThreads.Set(1);
        _policy = MiniatureModel.Load();
        _questions = new PromptList(QuestionSets.Training(MiniatureModel.LoadWorld(), 128, seed: 1));
    }

    [GlobalCleanup]
    public void Cleanup() => _policy.Dispose();

    [Benchmark(Baseline = true)]
    public double Grpo() => Run(Algorithm.Grpo());

    [Benchmark]
    public double GrpoWithMetaExperience() => Run(Algorithm.Grpo().WithMetaExperience(
        new MetaExperienceOptions { Scaling = TermScalingKind.GradientNormRatio, Weight = 0.5 }, MiniatureModel.ExperienceOptions(), new MiniatureLanguage()));

    private double Run(Algorithm algorithm)
    {
        TrainerOptions options = new()
        {
            Steps = _seeds.Length,
            PromptsPerStep = 32,
            Sampling = new SamplingOptions { MaxTokens = Chain.StandardTokens },
            Optimizer = new OptimizerOptions { LearningRate = 0 },
        };
        return new Trainer(_policy, new ChainVerifier(), algorithm, options).RunAsync(_questions).GetAwaiter().GetResult().Duration.TotalSeconds;
    }
}
