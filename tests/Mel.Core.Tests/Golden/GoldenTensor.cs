using static TorchSharp.torch;

namespace Mel.Core.Tests.Golden;

/// <summary>A tensor of a golden file as managed numbers.</summary>
public sealed record GoldenTensor(long[] Shape, string DataType, double[] Data)
{
    public int Rows => (int)Shape[0];

    public int Columns => Shape.Length > 1 ? (int)Shape[1] : 1;

    public ReadOnlySpan<double> Row(int row) => Data.AsSpan(row * Columns, Columns);

    public bool[] MaskRow(int row) => Array.ConvertAll(Row(row).ToArray(), x => x != 0);

    public int[] Indices() => Array.ConvertAll(Data, x => (int)x);

    /// <summary>float64, or the type of the file where that is float32 or an integer. Owned by the caller's dispose scope.</summary>
    public Tensor ToTensor(bool requiresGrad = false)
    {
        if (Data.Length == 0) return zeros(Shape, ScalarType.Float64).requires_grad_(requiresGrad);
        Tensor flat = DataType == "int64" ? tensor(Array.ConvertAll(Data, x => (long)x)) : tensor(Data, dtype: DataType == "float32" ? ScalarType.Float32 : ScalarType.Float64);
        return flat.reshape(Shape).requires_grad_(requiresGrad);
    }
}
