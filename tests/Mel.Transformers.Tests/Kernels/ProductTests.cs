using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Mel.Runtime;
using Mel.Testing;
using Mel.Transformers.Kernels;
using static TorchSharp.torch;

namespace Mel.Transformers.Tests.Kernels;

[TestFixture, NoTensorLeaks]
public sealed class ProductTests
{
    [Test]
    public void Linear_AnyNumberOfRows_IsExactInFloat32(
        [Values(1, 2, 3, 4, 5, 8, 9, 16, 17, 24, 25, 40, 127, 128, 129)] int rows, [Values(2, 250)] int inputs, [Values(12, 35)] int outputs,
        [Values(ScalarType.Float32, ScalarType.BFloat16)] ScalarType type, [Values] bool biased)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        Tensor x = randn(rows, inputs), weight = randn(outputs, inputs).to_type(type), bias = randn(outputs).to_type(type);
        Tensor exactX = x.to_type(ScalarType.Float64), exactWeight = weight.to_type(ScalarType.Float64);
        Tensor expected = nn.functional.linear(exactX, exactWeight, biased ? bias.to_type(ScalarType.Float64) : null);
        Tensor bound = exactX.abs().mm(exactWeight.abs().t()) * (inputs * Math.Pow(2, -24)) + 1e-6;     // of any order of summation in float32
        Tensor given = Product.Linear(x, weight, biased ? bias : null, Fused.WhereServed, native: false);
        given.dtype.Should().Be(ScalarType.Float32);
        ((given - expected).abs() / bound).max().item<double>().Should().BeLessThan(1);
    }

    // Without AVX-512 the wide registers are emulated: slow, but the same numbers.
    [Test]
    public unsafe void Tiles_RegistersOfEveryWidth_GiveTheSameNumbers([Values(5, 16, 17, 33, 49, 70)] int rows)
    {
        const int inputs = 38, outputs = 29;
        using var scope = NewDisposeScope();
        Tensor x = randn(rows, inputs), weight = randn(outputs, inputs), narrow = empty(rows, outputs), wide = empty(rows, outputs);
        RowProductKernel.Turned<Float32Lanes, Vector256<float>, Lanes256>(Data(x), Bytes(weight), Data(narrow), rows, inputs, outputs);
        RowProductKernel.Turned<Float32Lanes, Vector512<float>, Lanes512>(Data(x), Bytes(weight), Data(wide), rows, inputs, outputs);
        wide.Equals(narrow).Should().BeTrue();
        (narrow - x.mm(weight.t())).abs().max().item<float>().Should().BeLessThan(1e-4f);
    }

    [Test]
    public void Linear_ManyRows_IsTheSameOnTwoThreads()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        Tensor x = randn(21, 512), weight = randn(1003, 512);
        int threads = get_num_threads();
        try
        {
            set_num_threads(1);
            Tensor one = Product.Linear(x, weight, null, Fused.WhereServed);
            set_num_threads(2);
            Product.Linear(x, weight, null, Fused.WhereServed).Equals(one).Should().BeTrue();
        }
        finally
        {
            set_num_threads(threads);
        }
    }

    [Test]
    public void Linear_RowOfABatch_DoesNotDependOnItsNeighbors(
        [Values(5, 8, 16, 33, 128)] int rows, [Values(ScalarType.Float32, ScalarType.BFloat16)] ScalarType type)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        Tensor x = randn(128, 96), weight = randn(50, 96).to_type(type);
        Product.Linear(x.narrow(0, 0, rows).contiguous(), weight, null, Fused.WhereServed, native: false).Equals(Product.Linear(x, weight, null, Fused.WhereServed, native: false).narrow(0, 0, rows)).Should().BeTrue();
    }

    [Test]
    public void Linear_WidenedWeight_HasTheGradientsOfFloat32([Values(3, 200)] int rows)
    {
        using var scope = NewDisposeScope();
        const int outputs = 2500, inputs = 500;                                         // three blocks of the weight
        Tensor x = randn(rows, inputs).requires_grad_(), weight = randn(outputs, inputs).to_type(ScalarType.BFloat16).requires_grad_(), upstream = randn(rows, outputs);
        (Product.Linear(x, weight, null, Fused.WhereServed, native: false) * upstream).sum().backward();

        Tensor exactX = x.detach().to_type(ScalarType.Float64).requires_grad_(), exactWeight = weight.detach().to_type(ScalarType.Float64).requires_grad_();
        (exactX.mm(exactWeight.t()) * upstream).sum().backward();
        (x.grad! - exactX.grad!).abs().max().item<double>().Should().BeLessThan(1e-3);
        weight.grad!.dtype.Should().Be(ScalarType.BFloat16);
        Tensor rounded = exactWeight.grad!.to_type(ScalarType.BFloat16).to_type(ScalarType.Float64);
        // A unit of bfloat16 at most.
        ((weight.grad!.to_type(ScalarType.Float64) - rounded).abs() / rounded.abs().clamp_min(1)).max().item<double>().Should().BeLessThan(0.01);
    }

    [Test]
    public void Linear_NativeProductOfANarrowWeight_IsThatOfRoundedActivations([Values(3, 40)] int rows, [Values] bool biased)
    {
        using var scope = NewDisposeScope();
        Tensor x = randn(rows, 64).requires_grad_(), weight = randn(48, 64).to_type(ScalarType.BFloat16).requires_grad_(), upstream = randn(rows, 48);
        Tensor bias = randn(48).to_type(ScalarType.BFloat16);
        Tensor given = Product.Linear(x, weight, biased ? bias : null, Fused.WhereServed, native: true);
        (given * upstream).sum().backward();
        Tensor exactX = x.detach().to_type(ScalarType.Float64).requires_grad_(), exactWeight = weight.detach().to_type(ScalarType.Float64).requires_grad_();
        Tensor expected = nn.functional.linear(exactX, exactWeight, biased ? bias.to_type(ScalarType.Float64) : null);
        (expected * upstream).sum().backward();
        given.dtype.Should().Be(ScalarType.Float32);
        foreach (var (mine, theirs) in ((Tensor, Tensor)[])[(given, expected), (x.grad!, exactX.grad!), (weight.grad!, exactWeight.grad!)])
            ((mine.to_type(ScalarType.Float64) - theirs).norm() / theirs.norm()).item<double>().Should().BeLessThan(0.01);      // 2^-8 is a unit of bfloat16
    }

    [Test]
    public void Linear_FrozenWeight_LeavesItWithoutGradient()
    {
        using var scope = NewDisposeScope();
        Tensor x = randn(4, 20).requires_grad_(), weight = randn(16, 20).to_type(ScalarType.BFloat16);
        Product.Linear(x, weight, null, Fused.WhereServed, native: false).sum().backward();
        x.grad.Should().NotBeNull();
        weight.grad.Should().BeNull();
    }

    private static unsafe float* Data(Tensor tensor) => (float*)Bytes(tensor);

    private static unsafe byte* Bytes(Tensor tensor) => (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(tensor.bytes));
}
