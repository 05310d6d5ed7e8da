namespace Mel.Verifiers.Evaluation;

/// <summary>The steps that one comparison may still take. Taking steps is also where a cancellation is noticed.</summary>
internal sealed class StepBudget(int steps, CancellationToken cancellationToken)
{
    private int _left = steps;
    private int _untilCheck = 512;

    /// <summary>Whether the budget has run out. Once it has, every comparison is undecided.</summary>
    public bool IsSpent => _left <= 0;

    /// <summary>The steps that are left.</summary>
    public int Left => _left;

    /// <summary>Takes steps from the budget; false once it is spent.</summary>
    /// <exception cref="OperationCanceledException">The caller canceled.</exception>
    public bool Take(int count = 1)
    {
        _left -= count;
        _untilCheck -= count;
        if (_untilCheck <= 0)
        {
            _untilCheck = 512;
            cancellationToken.ThrowIfCancellationRequested();
        }
        return _left > 0;
    }
}
