namespace Mel.Architecture.Tests.Surface;

/// <summary>What <see cref="PublicSurfaceTests"/> must see: members with and without documentation.</summary>
public abstract class Sample<T>
    where T : notnull
{
    /// <summary>Says what it is.</summary>
    public int Told { get; set; }

    /// <summary> </summary>
    public int Empty { get; set; }

    public event Action? Untold;

    /// <summary>Says what it is.</summary>
    public static implicit operator int(Sample<T> sample) => sample.Told;

    /// <summary>Says what it is.</summary>
    public IReadOnlyDictionary<string, Func<T, TOther[]>> ToldGeneric<TOther>(in Dictionary<T, TOther?>.Enumerator items, ref int[,] numbers)
        => throw new NotSupportedException($"{items} {numbers}");

    protected abstract void UntoldProtected(T value);

    internal void UntoldInternal() => Untold?.Invoke();
}
