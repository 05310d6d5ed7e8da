using Mel.Transformers.Kernels;
using Mel.Transformers.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Mel.Transformers.Tests.Fakes;

/// <summary>
/// Where the tests of a fixture run: on the CPU with its fused kernels, on the CPU with the composed operations that every other device runs, on a GPU.
/// </summary>
public sealed class TestDevice
{
    private readonly string _name;
    private readonly DeviceType _type;
    private readonly bool _composed;

    private TestDevice(string name, DeviceType type, bool composed = false) => (_name, _type, _composed) = (name, type, composed);

    public static TestDevice Cpu { get; } = new("cpu", DeviceType.CPU);

    public static TestDevice[] All { get; } = [Cpu, new("cpu composed", DeviceType.CPU, composed: true), new("cuda", DeviceType.CUDA)];

    public static TestDevice Current { get; private set; } = Cpu;

    /// <summary>Throws where there is no such device: ask after <see cref="Use"/>.</summary>
    public Device Device => device(_type);

    /// <summary>Makes this the device of the models that tests create, or reports the test as not run where there is no such device.</summary>
    public void Use()
    {
        if (_type == DeviceType.CUDA && !cuda.is_available()) Assert.Ignore("No CUDA device is at hand; this test was not run on one.");
        Current = this;
    }

    /// <summary>Has a model of this device run as the fixture says: with the fused kernels or with the composed operations.</summary>
    internal DecoderModel Run(DecoderModel model)
    {
        model.Fused = _composed ? Fused.Nowhere : Fused.WhereServed;
        return model;
    }

    public static void Reset() => Cpu.Use();

    public override string ToString() => _name;
}
