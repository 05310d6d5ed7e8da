using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Mel.Prompts;
using Mel.Rollouts;
using Mel.Runtime;
using Mel.Samples.Miniature;
using Mel.Transformers;

namespace Mel.Benchmarks.Training;

/// <summary>
/// Time per sampled token of the built-in model at batch 256 (32 questions x 8 attempts of 21 tokens) on one thread; 1,000,000 us divided by the mean is tokens
/// per second.
/// </summary>
[Config(typeof(Settings))]
public class RolloutBenchmarks
{
    private const int Questions = 32, Attempts = 8;
    private TransformerPolicy _policy = null!;
    private SamplingRequest[] _requests = [];

    private sealed class Settings : ManualConfig
    {
        public Settings() => AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance).WithIterationCount(10));
    }

    [GlobalSetup]
    public void Setup()
    {
        ComputeThreads.Set(1);
        _policy = MiniatureModel.Load();
        IReadOnlyList<Prompt> questions = QuestionSets.Training(MiniatureModel.LoadWorld(), Questions, seed: 1);
        _requests = [.. questions.Select((q, i) => new SamplingRequest(_policy.Encode(q.Text), Attempts, (ulong)i))];
    }

    [GlobalCleanup]
    public void Cleanup() => _policy.Dispose();

    /// <summary>The warm-started model ends nearly every attempt at the 21st token, so the divisor is the number of tokens that were sampled.</summary>
    [Benchmark(OperationsPerInvoke = Questions * Attempts * Chain.StandardTokens)]
    public int Rollout()
        => _policy.SampleAsync(_requests, new SamplingOptions { MaxTokens = Chain.StandardTokens }).GetAwaiter().GetResult()
            .Sum(group => group.Sum(t => t.TokenIds.Length));
}
