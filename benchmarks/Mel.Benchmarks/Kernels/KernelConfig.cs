using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Engines;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace Mel.Benchmarks.Kernels;

/// <summary>
/// In this process (a generated project would copy unpatched natives), one torch thread, as many repetitions as the preset and the length of a call ask for.
/// </summary>
internal abstract class KernelConfig : ManualConfig
{
    protected KernelConfig(int warmups, int iterations)
    {
        AddJob(Job.Default.WithToolchain(InProcessEmitToolchain.Instance).WithStrategy(RunStrategy.Monitoring)
            .WithWarmupCount(warmups).WithIterationCount(iterations).WithInvocationCount(1).WithUnrollFactor(1));
        AddColumn(new NativePeakColumn(), BaselineRatioColumn.RatioMean);
        HideColumns(Column.Error, Column.StdDev, Column.RatioSD);
    }
}
