using System.Collections.Concurrent;
using System.Globalization;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using Mel.Testing;

namespace Mel.Benchmarks.Kernels;

/// <summary>Peak native memory of one call, measured by the benchmark class in its global setup: everything runs in this process.</summary>
internal sealed class NativePeakColumn : IColumn
{
    private static readonly ConcurrentDictionary<string, long> Peaks = new();

    public string Id => nameof(NativePeakColumn);

    public string ColumnName => "Native peak";

    public string Legend => "Highest resident memory during one call above that before it, gradients included";

    public bool AlwaysShow => true;

    public ColumnCategory Category => ColumnCategory.Metric;

    public int PriorityInCategory => 0;

    public bool IsNumeric => true;

    public UnitType UnitType => UnitType.Size;

    /// <summary>Notes the peak of a benchmark method under its parameters; once, although every method's setup asks for it.</summary>
    public static void Record(string type, string method, Action call, params object[] parameters)
        => Peaks.GetOrAdd(Key(type, method, parameters), _ => NativeMemory.PeakOf(call));

    public string GetValue(Summary summary, BenchmarkCase benchmarkCase)
    {
        string key = Key(benchmarkCase.Descriptor.Type.Name, benchmarkCase.Descriptor.WorkloadMethod.Name, benchmarkCase.Parameters.Items.Select(p => p.Value));
        return Peaks.TryGetValue(key, out long bytes) && bytes > 0
            ? string.Create(CultureInfo.InvariantCulture, $"{bytes / 1048576.0:F0} MB")
            : "-";
    }

    public string GetValue(Summary summary, BenchmarkCase benchmarkCase, SummaryStyle style) => GetValue(summary, benchmarkCase);

    public bool IsAvailable(Summary summary) => NativeMemory.IsMeasurable;

    public bool IsDefault(Summary summary, BenchmarkCase benchmarkCase) => false;

    // BenchmarkDotNet has an order of parameters of its own.
    private static string Key(string type, string method, IEnumerable<object> parameters)
        => string.Join('.', [type, method, .. parameters.Select(p => string.Create(CultureInfo.InvariantCulture, $"{p}")).Order(StringComparer.Ordinal)]);
}
