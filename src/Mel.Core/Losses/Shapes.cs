using Mel.Runtime;
using static TorchSharp.torch;

namespace Mel.Losses;

/// <summary>Shape checks at the door of every kernel: several native functions abort the process on a wrong shape instead of throwing.</summary>
internal static class Shapes
{
    public static void RequireMatrix(Tensor tensor, string name)
    {
        if (tensor.dim() != 2) throw new ShapeMismatchException($"{name} has shape {Describe(tensor)}; expected two axes, [B, T].", name);
    }

    public static void RequireVector(Tensor tensor, string name)
    {
        if (tensor.dim() != 1) throw new ShapeMismatchException($"{name} has shape {Describe(tensor)}; expected one axis.", name);
    }

    public static void RequireSame(Tensor expected, Tensor actual, string expectedName, string actualName)
    {
        int axes = (int)expected.dim();
        bool same = actual.dim() == axes;
        for (int axis = 0; same && axis < axes; axis++) same = expected.size(axis) == actual.size(axis);
        if (same) return;
        throw new ShapeMismatchException(
            $"{actualName} has shape {Describe(actual)} but {expectedName} has {Describe(expected)}; both must be the same.", actualName);
    }

    public static void RequireLength(Tensor tensor, int axis, long length, string name, string meaning)
    {
        if (tensor.size(axis) != length)
            throw new ShapeMismatchException($"{name} has shape {Describe(tensor)} but axis {axis} must be {length}, {meaning}.", name);
    }

    /// <summary>Advantages may be one per trajectory ([B] or [B, 1]) or one per token ([B, T]); gives them as [B, 1] or [B, T].</summary>
    public static Tensor RequireBroadcast(Tensor matrix, Tensor advantages, string matrixName, string name)
    {
        long rows = matrix.size(0), columns = matrix.size(1);
        if (advantages.dim() == 1 && advantages.size(0) == rows) return advantages.unsqueeze(1);
        if (advantages.dim() == 2 && advantages.size(0) == rows && (advantages.size(1) == columns || advantages.size(1) == 1)) return advantages;
        throw new ShapeMismatchException(
            $"{name} has shape {Describe(advantages)} but {matrixName} has {Describe(matrix)}; "
            + "give one per trajectory, [B] or [B, 1], or one per token, [B, T].", name);
    }

    public static string Describe(Tensor tensor) => $"[{string.Join(", ", tensor.shape)}]";
}
