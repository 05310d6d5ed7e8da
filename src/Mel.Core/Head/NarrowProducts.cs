using System.Runtime.Intrinsics.X86;
using static TorchSharp.torch;

namespace Mel.Head;

/// <summary>
/// Whether the processor itself multiplies matrices of a type narrower than float32. Where it does not, libtorch's product of bfloat16 matrices is many times
/// slower than that of float32 matrices; kernels then widen a matrix to float32, block by block, and multiply in float32.
/// </summary>
public static class NarrowProducts
{
    private static readonly bool BFloat16 = Leaf(1).Eax.HasBit(5) || Leaf(0).Edx.HasBit(22);        // AVX512_BF16, AMX-BF16
    private static readonly bool Float16 = Leaf(0).Edx.HasBit(23) || Leaf(1).Eax.HasBit(21);        // AVX512_FP16, AMX-FP16

    /// <summary>Whether a product of matrices of this type runs at least as fast as one of float32 on the CPU. True for float32 and float64.</summary>
    /// <param name="type">Element type of a weight.</param>
    public static bool AreNative(ScalarType type) => type switch
    {
        ScalarType.BFloat16 => BFloat16,
        ScalarType.Float16 => Float16,
        _ => true,
    };

    private static (int Eax, int Edx) Leaf(int part)
    {
        const int features = 7;
        if (!X86Base.IsSupported || X86Base.CpuId(0, 0).Eax < features || X86Base.CpuId(features, 0).Eax < part) return default;
        (int eax, _, _, int edx) = X86Base.CpuId(features, part);
        return (eax, edx);
    }

    private static bool HasBit(this int register, int bit) => (register >> bit & 1) != 0;
}
