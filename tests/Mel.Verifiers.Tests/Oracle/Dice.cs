namespace Mel.Verifiers.Tests.Oracle;

/// <summary>The random choices of a generator, the same in every run.</summary>
internal sealed class Dice(int seed) : Random(seed)
{
    public bool Coin() => Next(2) == 0;

    public T Pick<T>(params ReadOnlySpan<T> choices) => choices[Next(choices.Length)];
}
