using static TorchSharp.torch;

namespace Mel.Core.Tests.Properties;

/// <summary>A random batch with a ragged mask that has holes. Owned by the caller's dispose scope.</summary>
public sealed class LossCase
{
    public LossCase(int seed, ScalarType dtype = ScalarType.Float64)
    {
        var random = new Random(seed);
        Rows = random.Next(1, 6);
        Columns = random.Next(1, 40);                                                   // below, at and above a vector of 16
        double[] x = Draw(random, 1, -1.5), ratio = Draw(random, 0.4, 0), a = [.. Draw(random, 1, 0).Select((v, i) => i % 7 == 0 ? 0 : v)];
        bool[] mask = new bool[Rows * Columns];
        for (int r = 0; r < Rows; r++)
        {
            int length = random.Next(0, Columns + 1);
            for (int t = 0; t < length; t++) mask[r * Columns + t] = random.Next(8) > 0;
        }
        MaskData = mask;
        LogProbs = Matrix(x, dtype).requires_grad_();
        Other = Matrix([.. x.Select((v, i) => v - ratio[i])], dtype);
        Advantages = Matrix(a, dtype);
        Mask = tensor(mask).view(Rows, Columns);
    }

    public int Rows { get; }

    public int Columns { get; }

    public bool[] MaskData { get; }

    public Tensor LogProbs { get; }

    public Tensor Other { get; }

    public Tensor Advantages { get; }

    public Tensor Mask { get; }

    private double[] Draw(Random random, double scale, double mean)
        => [.. Enumerable.Range(0, Rows * Columns).Select(_ => mean + scale * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()))];

    private Tensor Matrix(double[] values, ScalarType dtype) => tensor(values).to_type(dtype).view(Rows, Columns);
}
