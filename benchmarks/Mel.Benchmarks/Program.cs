using BenchmarkDotNet.Running;
using Mel.Benchmarks.Kernels;
using Mel.Benchmarks.Models;

// Shares of what the machine can do are no matter of one method's time: they have a program of their own.
if (args is ["models", ..])
{
    ModelShares.Run(args[1..]);
    return;
}

BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(Preset.Parse(args));
