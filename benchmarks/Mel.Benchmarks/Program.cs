using BenchmarkDotNet.Running;
using Mel.Benchmarks.Kernels;

BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(Preset.Parse(args));
