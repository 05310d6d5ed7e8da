using Mel.Head;
using Mel.Losses;

namespace Mel.Core.Tests.Losses;

/// <summary>The ways a loss per token is computed in.</summary>
public enum KernelPath
{
    /// <summary>The pass over main memory, in the widest registers of the processor.</summary>
    WidestRegisters,

    /// <summary>The same in registers of 256 bits, as on processors without AVX-512.</summary>
    NarrowRegisters,

    /// <summary>The composition of tensor operations that other devices and types run.</summary>
    TensorOperations,
}

internal static class KernelPaths
{
    /// <summary>Takes a way on the current thread; <see cref="KernelPath.WidestRegisters"/> is what users get.</summary>
    public static void Use(this KernelPath path)
    {
        Pointwise.Disabled = path == KernelPath.TensorOperations;
        Lanes.NarrowOnly = path == KernelPath.NarrowRegisters;
    }
}
