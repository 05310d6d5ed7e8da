using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Engines;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace Mel.Benchmarks.Kernels;

/// <summary>In this process (a generated project would copy unpatched natives), one torch thread, as many repetitions as the preset asks for.</summary>
internal class KernelConfig : ManualConfig
{
    public KernelConfig()
        : this(Preset.IsShort ? 1 : 3, Preset.IsShort ? 2 : 10)
    {
    }

    protected KernelConfig(int warmups, int iterations)
    {
        AddJob(Job.Default.WithToolchain(InProcessEmitToolchain.Instance).WithStrategy(RunStrategy.Monitoring)
            .WithWarmupCount(warmups).WithIterationCount(iterations).WithInvocationCount(1).WithUnrollFactor(1));
        AddColumn(new NativePeakColumn(), BaselineRatioColumn.RatioMean);
        HideColumns(Column.Error, Column.StdDev, Column.RatioSD);
    }
}
