namespace Mel.Benchmarks.Kernels;

/// <summary>For calls of microseconds: only after about a second of them has tiered compilation replaced every method on the way.</summary>
internal sealed class ShortCallConfig() : KernelConfig(warmups: 60, iterations: Preset.IsShort ? 10 : 50);
