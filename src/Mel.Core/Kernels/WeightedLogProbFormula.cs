using System.Runtime.Intrinsics;

namespace Mel.Kernels;

/// <summary><see cref="PolicyLoss.Reinforce"/>: -A log pi.</summary>
internal readonly struct WeightedLogProbFormula<T> : IPointwise<T>
    where T : unmanaged
{
    public TokenTerm<T> Evaluate(Vector512<T> logProbs, Vector512<T> logRatio, Vector512<T> advantages) => new(-(advantages * logProbs), -advantages);
}
