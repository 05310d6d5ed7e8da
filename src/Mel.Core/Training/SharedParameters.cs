using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Mel.Rollouts;
using static TorchSharp.torch;

namespace Mel.Training;

/// <summary>Tells whether a reference policy is a frozen model of its own, or moves with the policy that trains.</summary>
internal static class SharedParameters
{
    /// <summary>What the reference shares with the policy; null where the two are apart, or where the reference does not show its tensors.</summary>
    public static string? With(IPolicy policy, IPolicy reference)
    {
        if (ReferenceEquals(policy, reference)) return "is the policy that trains";
        if (TensorsOf(reference) is not { } frozen) return null;
        IReadOnlyDictionary<string, Tensor> trained = policy.Parameters;
        HashSet<Tensor> same = new(trained.Values, ReferenceEqualityComparer.Instance);
        HashSet<nint> addresses = [.. trained.Values.Select(AddressOf).Where(address => address != 0)];
        foreach ((string name, Tensor tensor) in frozen)
        {
            if (same.Contains(tensor) || addresses.Contains(AddressOf(tensor))) return $"shares parameters that train with the policy, '{name}' for one";
        }

        return null;
    }

    private static IReadOnlyDictionary<string, Tensor>? TensorsOf(IPolicy reference)
    {
        try
        {
            return reference.Parameters;
        }
        catch (Exception e) when (e is NotSupportedException or NotImplementedException)
        {
            return null;     // a frozen policy, remote for instance, need not have tensors to show
        }
    }

    /// <summary>Where the numbers of a tensor begin, so that a view is recognized too; 0 where they do not lie in one piece of memory.</summary>
    private static nint AddressOf(Tensor tensor)
    {
        if (tensor.device_type != TorchSharp.DeviceType.CPU || tensor.numel() == 0 || !tensor.is_contiguous()) return 0;
        using var scope = NewDisposeScope();
        Tensor first = tensor.detach().view(-1).narrow(0, 0, 1);
        return AddressOf(first.bytes);
    }

    private static unsafe nint AddressOf(Span<byte> bytes) => (nint)Unsafe.AsPointer(ref MemoryMarshal.GetReference(bytes));
}
