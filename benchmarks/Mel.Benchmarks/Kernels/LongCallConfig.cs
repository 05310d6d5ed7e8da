namespace Mel.Benchmarks.Kernels;

/// <summary>For calls of seconds, which one call warms and few repetitions settle.</summary>
internal sealed class LongCallConfig() : KernelConfig(warmups: 1, iterations: Preset.IsShort ? 2 : 3);
