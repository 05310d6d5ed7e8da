namespace Mel.Transformers.Adapters;

/// <summary>Low-rank adapters: the weight W of a chosen projection acts as W + (alpha / rank) B A, and only A and B train.</summary>
public sealed record LoraOptions
{
    /// <summary>The projections of a layer that can carry an adapter, in the order of the forward pass.</summary>
    public static IReadOnlyList<string> Projections { get; } = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"];

    /// <summary>r: rows of A and columns of B, at least 1.</summary>
    /// <value>The default is 16.</value>
    public int Rank { get; init; } = 16;

    /// <summary>Numerator of the factor on the product of the two.</summary>
    /// <value>The default is 32.</value>
    public double Alpha { get; init; } = 32;

    /// <summary>The projections that get an adapter, in every layer.</summary>
    /// <value>The default is all seven.</value>
    public IReadOnlyList<string> Targets { get; init; } = Projections;

    /// <summary>The factor on the product.</summary>
    public double Scale => Alpha / Rank;

    internal void Validate()
    {
        if (Rank < 1) throw new ArgumentOutOfRangeException(nameof(Rank), Rank, $"Rank is {Rank}, expected at least 1.");
        if (!double.IsFinite(Alpha)) throw new ArgumentOutOfRangeException(nameof(Alpha), Alpha, $"Alpha is {Alpha}, expected a finite number.");
        if (Targets.Count == 0) throw new ArgumentException("Targets is empty; name at least one projection.", nameof(Targets));
        if (Targets.FirstOrDefault(t => !Projections.Contains(t)) is { } unknown)
            throw new ArgumentException($"Targets holds '{unknown}', expected some of {string.Join(", ", Projections)}.", nameof(Targets));
    }
}
