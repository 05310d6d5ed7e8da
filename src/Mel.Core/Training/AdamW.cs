using Mel.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Mel.Training;

/// <summary>
/// AdamW (Loshchilov and Hutter, Decoupled Weight Decay Regularization, 2019) with float32 master weights and moments: steps smaller than the precision of
/// bfloat16 add up in them instead of getting lost. Owns its state; the parameters stay the caller's.
/// </summary>
public sealed class AdamW : IDisposable
{
    private readonly List<Slot> _slots = [];
    private readonly Scalar _beta1;
    private readonly Scalar _oneMinusBeta1;
    private readonly Scalar _beta2;
    private readonly Scalar _oneMinusBeta2;
    private readonly Scalar _epsilon;
    private readonly double _b1;
    private readonly double _b2;
    private readonly double _weightDecay;
    private readonly bool _decayVectors;
    private bool _disposed;

    /// <summary>Creates an optimizer with zero moments.</summary>
    /// <param name="parameters">What to train, by name, floating point, any mix of types.</param>
    /// <param name="options">Moments and decay, read once; the learning rate is given to <see cref="Step"/>.</param>
    /// <param name="decayVectors">Whether norms and biases decay too, as in torch.optim.AdamW without parameter groups.</param>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">An option is out of its range.</exception>
    public AdamW(IReadOnlyDictionary<string, Tensor> parameters, OptimizerOptions? options = null, bool decayVectors = false)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        options = OptionRules.Checked(options, new OptimizerOptionsValidator());
        (_b1, _b2, _weightDecay, _decayVectors) = (options.Beta1, options.Beta2, options.WeightDecay, decayVectors);
        (_beta1, _oneMinusBeta1, _beta2, _oneMinusBeta2, _epsilon) = (_b1, 1 - _b1, _b2, 1 - _b2, options.Epsilon);
        using var noGrad = no_grad();
        foreach ((string name, Tensor parameter) in parameters) _slots.Add(new Slot(name, parameter));
    }

    /// <summary>Number of steps taken.</summary>
    public long Steps { get; private set; }

    /// <summary>
    /// The state by name for a checkpoint: <c>{parameter}.exp_avg</c>, <c>{parameter}.exp_avg_sq</c> and, for parameters below float32,
    /// <c>{parameter}.master</c>. Owned by the optimizer.
    /// </summary>
    public IReadOnlyDictionary<string, Tensor> State
    {
        get
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            Dictionary<string, Tensor> state = new(StringComparer.Ordinal);
            foreach (Slot slot in _slots)
            {
                state.Add(slot.Name + ".exp_avg", slot.First);
                state.Add(slot.Name + ".exp_avg_sq", slot.Second);
                if (slot.Master is not null) state.Add(slot.Name + ".master", slot.Master);
            }

            return state;
        }
    }

    /// <summary>Sets the number of steps after the tensors of <see cref="State"/> were filled from a checkpoint.</summary>
    /// <param name="steps">Steps taken, at least 0.</param>
    public void Resume(long steps)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ArgumentOutOfRangeException.ThrowIfNegative(steps);
        Steps = steps;
    }

    /// <summary>Moves every parameter that has a gradient. Gradients are read, not cleared.</summary>
    /// <param name="learningRate">Learning rate of this step.</param>
    /// <param name="gradientScale">Factor on every gradient, for clipping.</param>
    public void Step(double learningRate, double gradientScale = 1.0)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        Steps++;
        using var noGrad = no_grad();
        using Scalar scale = gradientScale;
        using Scalar decay = 1 - (learningRate * _weightDecay);
        using Scalar step = -learningRate / (1 - Math.Pow(_b1, Steps));
        using Scalar correction = Math.Sqrt(1 - Math.Pow(_b2, Steps));
        foreach (Slot slot in _slots)
        {
            using Tensor? gradient = slot.Parameter.grad;
            if (gradient is null) continue;
            using var scope = NewDisposeScope();
            bool decays = _weightDecay > 0 && (_decayVectors || slot.Parameter.dim() > 1);
            Tensor[] gradients = TensorSlices.Of(gradient), firsts = TensorSlices.Of(slot.First), seconds = TensorSlices.Of(slot.Second);
            Tensor[] parameters = TensorSlices.Of(slot.Parameter), weights = slot.Master is null ? parameters : TensorSlices.Of(slot.Master);
            for (int i = 0; i < weights.Length; i++)
            {
                using var sliceScope = NewDisposeScope();
                Tensor g = gradientScale == 1.0 ? gradients[i].to(float32) : gradients[i].to(float32).mul(scale);
                firsts[i].mul_(_beta1).add_(g, _oneMinusBeta1);
                seconds[i].mul_(_beta2).addcmul_(g, g, _oneMinusBeta2);
                Tensor denominator = seconds[i].sqrt().div_(correction).add_(_epsilon);
                if (decays) weights[i].mul_(decay);
                weights[i].addcdiv_(firsts[i], denominator, step);
                if (slot.Master is not null) parameters[i].copy_(weights[i]);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        foreach (Slot slot in _slots)
        {
            slot.First.Dispose();
            slot.Second.Dispose();
            slot.Master?.Dispose();
        }

        foreach (Scalar scalar in (Scalar[])[_beta1, _oneMinusBeta1, _beta2, _oneMinusBeta2, _epsilon]) scalar.Dispose();
    }

    private sealed class Slot
    {
        public Slot(string name, Tensor parameter)
        {
            (Name, Parameter) = (name, parameter);
            First = zeros(parameter.shape, float32, parameter.device).DetachFromDisposeScope();
            Second = zeros(parameter.shape, float32, parameter.device).DetachFromDisposeScope();
            if (parameter.dtype == ScalarType.Float32) return;
            using Tensor values = parameter.detach();
            Master = values.to(float32).DetachFromDisposeScope();
        }

        public string Name { get; }

        public Tensor Parameter { get; }

        public Tensor First { get; }

        public Tensor Second { get; }

        public Tensor? Master { get; }
    }
}
