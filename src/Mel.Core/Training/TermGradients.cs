using Mel.Objectives;
using static TorchSharp.torch;

namespace Mel.Training;

/// <summary>
/// Gradients of an optimizer batch, kept apart by term while micro-batches are added, then put together: this is what lets a step report the gradient norm of each
/// term, and scale one relative to another, without knowing what the terms are.
/// </summary>
internal sealed class TermGradients(IReadOnlyDictionary<string, Tensor> parameters) : IDisposable
{
    private readonly List<Term> _terms = [];

    /// <summary>Differentiates every term of one micro-batch.</summary>
    public void Add(ObjectiveResult result)
    {
        foreach (LossTerm loss in result.Terms)
        {
            Term term = Find(loss);
            term.Loss += loss.Loss.item<float>();
            if (!loss.Loss.requires_grad) continue;
            Swap(term);
            Differentiate(loss.Loss);
            Swap(term);
            term.HasGradient = true;
        }
    }

    /// <summary>Leaves the scaled sum of all terms in the parameters' <c>grad</c>.</summary>
    /// <returns>Loss, gradient norm and factor of every term, in the order in which they first appeared.</returns>
    public IReadOnlyList<TermReport> Combine()
    {
        using var noGrad = no_grad();
        List<TermReport> reports = [];
        double reference = 0;
        for (int i = 0; i < _terms.Count; i++)
        {
            Term term = _terms[i];
            double norm = Norm(term.Gradients.Values);
            if (i == 0) reference = norm;
            double factor = Factor(term.Scaling, norm, reference);
            reports.Add(new TermReport(term.Name, term.Loss, norm, factor));
            if (!term.HasGradient || factor == 0) continue;
            foreach ((string name, Tensor parameter) in parameters)
            {
                if (!term.Gradients.Remove(name, out Tensor? own)) continue;
                using Tensor gradient = own;
                if (factor != 1.0) gradient.mul_(factor);
                using Tensor? sum = parameter.grad;
                if (sum is null) parameter.grad = gradient;
                else sum.add_(gradient);
            }
        }

        return reports;
    }

    /// <summary>Norm of the gradients that lie in the parameters.</summary>
    public double TotalNorm()
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        return Norm(parameters.Values.Select(p => p.grad).OfType<Tensor>());
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Term term in _terms)
        {
            foreach (Tensor gradient in term.Gradients.Values) gradient.Dispose();
        }

        foreach (Tensor parameter in parameters.Values) parameter.grad = null;
    }

    // In a scope of its own: custom functions leave the gradients they made in it, among them one as large as the head.
    private static void Differentiate(Tensor loss)
    {
        using var scope = NewDisposeScope();
        loss.backward();
    }

    private static double Norm(IEnumerable<Tensor> gradients)
    {
        using var scope = NewDisposeScope();
        double sum = 0;
        foreach (Tensor slice in gradients.SelectMany(TensorSlices.Of))
        {
            using var sliceScope = NewDisposeScope();
            sum += slice.to(float32).square().sum().item<float>();
        }

        return Math.Sqrt(sum);
    }

    /// <summary>A gradient that is not finite must not be scaled away: its factor is not finite either, so that the whole update is recognized as unusable.</summary>
    private static double Factor(TermScaling scaling, double norm, double reference) => scaling.Kind switch
    {
        TermScalingKind.Fixed => scaling.Value,
        _ when !double.IsFinite(norm) => double.NaN,
        _ => norm > 0 ? scaling.Value * reference / norm : 0.0,
    };

    private Term Find(LossTerm loss)
    {
        if (_terms.Find(t => t.Name == loss.Name) is { } known) return known;
        Term term = new(loss.Name, loss.Scaling);
        _terms.Add(term);
        return term;
    }

    /// <summary>Exchanges the parameters' gradients with the term's, so that a backward pass adds to the term's and to no other.</summary>
    private void Swap(Term term)
    {
        foreach ((string name, Tensor parameter) in parameters)
        {
            Tensor? current = parameter.grad?.DetachFromDisposeScope();
            bool stored = term.Gradients.Remove(name, out Tensor? own);
            if (stored || current is not null) parameter.grad = own;
            own?.Dispose();
            if (current is not null) term.Gradients.Add(name, current);
        }
    }

    private sealed class Term(string name, TermScaling scaling)
    {
        public string Name { get; } = name;

        public TermScaling Scaling { get; } = scaling;

        public Dictionary<string, Tensor> Gradients { get; } = new(StringComparer.Ordinal);

        public double Loss { get; set; }

        public bool HasGradient { get; set; }
    }
}
