using static TorchSharp.torch;

namespace Mel.Core.Tests.Golden;

/// <summary>What Mel computed for a case, under the names the file uses.</summary>
public sealed class GoldenOutputs
{
    private readonly Dictionary<string, double[]> _values = new(StringComparer.Ordinal);

    public GoldenOutputs Add(string name, double[] values)
    {
        _values.Add(name, values);
        return this;
    }

    public GoldenOutputs Add(string name, double value) => Add(name, (double[])[value]);

    public GoldenOutputs Add(string name, IEnumerable<double> values) => Add(name, values.ToArray());

    public GoldenOutputs Add(string name, Tensor value) => Add(name, Values(value));

    /// <summary>
    /// Runs the backward pass of a scalar loss, and records the loss and the gradients. An input the loss does not depend on has the gradient 0.
    /// </summary>
    public GoldenOutputs AddLoss(Tensor loss, params (string Name, Tensor Input)[] gradients)
    {
        Add("loss", loss);
        return AddGradients(loss, gradients);
    }

    public GoldenOutputs AddGradients(Tensor loss, params (string Name, Tensor Input)[] gradients)
    {
        if (loss.requires_grad) loss.backward();
        foreach ((string name, Tensor input) in gradients) Add(name, input.grad is { } grad ? Values(grad) : new double[input.numel()]);
        return this;
    }

    /// <summary>Names what differs from the expectation beyond its tolerance, or null. An expected value that was not computed is a difference.</summary>
    public string? DifferenceFrom(GoldenCase golden)
    {
        foreach ((string name, double[] expected) in golden.Expected())
        {
            if (OutOfScope.IsMetric(golden.Function, name)) continue;
            if (!_values.TryGetValue(name, out double[]? actual)) return $"{name}: expected but not computed";
            if (actual.Length != expected.Length) return $"{name}: {actual.Length} values, expected {expected.Length}";
            for (int i = 0; i < expected.Length; i++)
            {
                if (double.IsNaN(expected[i]) && double.IsNaN(actual[i])) continue;
                double allowed = golden.AbsoluteTolerance + golden.RelativeTolerance * Math.Abs(expected[i]);
                if (expected[i] == actual[i] || Math.Abs(actual[i] - expected[i]) <= allowed) continue;
                return $"{name}[{i}]: {actual[i]:R}, expected {expected[i]:R} +- {allowed:G3}";
            }
        }
        return null;
    }

    private static double[] Values(Tensor value)
    {
        if (value.numel() == 0) return [];
        using Tensor flat = value.detach().to_type(ScalarType.Float64).cpu().contiguous();
        return flat.data<double>().ToArray();
    }
}
