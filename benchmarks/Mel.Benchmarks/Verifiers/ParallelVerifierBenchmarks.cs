using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Mel.Verifiers;

namespace Mel.Benchmarks.Verifiers;

/// <summary>A step of 512 prompts with 16 rollouts each: 8,192 verifications, by one thread and by plain <see cref="Parallel"/>.</summary>
[MemoryDiagnoser, Config(typeof(InProcess))]
public class ParallelVerifierBenchmarks
{
    private const int Rollouts = 8192;

    private sealed class InProcess : ManualConfig
    {
        public InProcess() => AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance));
    }

    private readonly MathVerifier _verifier = new();
    private readonly (string Gold, string Response)[] _rows = [.. Enumerable.Range(0, Rollouts).Select(Row)];

    /// <summary>One after the other.</summary>
    [Benchmark(Baseline = true)]
    public int OneThread() => _rows.Count(r => _verifier.Verify(r.Gold, r.Response).IsCorrect);

    /// <summary>On all cores.</summary>
    [Benchmark]
    public int ParallelFor()
    {
        int correct = 0;
        Parallel.For(0, _rows.Length, i =>
        {
            if (_verifier.Verify(_rows[i].Gold, _rows[i].Response).IsCorrect) Interlocked.Increment(ref correct);
        });
        return correct;
    }

    private static (string, string) Row(int i) => (i % 4) switch
    {
        0 => ($"{i}", $"The count is $\\boxed{{{i}}}$."),
        1 => ($"\\frac{{{i}}}{{7}}", $"The ratio is $\\boxed{{\\dfrac{{{2 * i}}}{{14}}}}$."),
        2 => ($"{i}\\sqrt{{2}}", $"The length is $\\boxed{{\\sqrt{{{2L * i * i}}}}}$."),
        _ => ($"({i}, {i + 1})", $"The point is $\\boxed{{({i}, {i + 2})}}$."),
    };
}
