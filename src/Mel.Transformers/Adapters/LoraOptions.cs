using Mel.Runtime;
using Microsoft.Extensions.Options;

namespace Mel.Transformers.Adapters;

/// <summary>
/// Low-rank adapters: the weight W of a chosen projection acts as W + (alpha / rank) B A, and only A and B train. Read once, when the adapters are added.
/// </summary>
public sealed class LoraOptions
{
    /// <summary>
    /// The projections of a layer that can carry an adapter, in the order of the forward pass. Phi-3 models have the joint ones, all others the single ones.
    /// </summary>
    public static IReadOnlyList<string> Projections { get; } =
        ["q_proj", "k_proj", "v_proj", "qkv_proj", "o_proj", "gate_proj", "up_proj", "gate_up_proj", "down_proj"];

    /// <summary>r: rows of A and columns of B, at least 1.</summary>
    /// <value>The default is 16.</value>
    public int Rank { get; set; } = 16;

    /// <summary>Numerator of the factor on the product of the two.</summary>
    /// <value>The default is 32.</value>
    public double Alpha { get; set; } = 32;

    /// <summary>The projections that get an adapter, in every layer.</summary>
    /// <value>The default is all that the model has.</value>
    public IReadOnlyList<string> Targets { get; set; } = Projections;

    /// <summary>The factor on the product: alpha / rank.</summary>
    public double Scale => Alpha / Rank;

    /// <summary>A checked copy.</summary>
    /// <exception cref="OptionsValidationException">An option breaks a rule.</exception>
    internal LoraOptions Checked()
    {
        LoraOptions copy = OptionRules.Checked(this, new LoraOptionsValidator());
        copy.Targets = [.. copy.Targets];
        return copy;
    }
}

/// <summary>Checks <see cref="LoraOptions"/>.</summary>
internal sealed class LoraOptionsValidator : IValidateOptions<LoraOptions>
{
    public ValidateOptionsResult Validate(string? name, LoraOptions options)
    {
        var rules = new OptionRules();
        rules.AtLeast(options.Rank, 1, nameof(options.Rank));
        rules.Require(double.IsFinite(options.Alpha), nameof(options.Alpha), $"must be a finite number, got {options.Alpha}");
        rules.Require(options.Targets is { Count: > 0 }, nameof(options.Targets), "must name at least one projection");
        if (options.Targets?.FirstOrDefault(target => !LoraOptions.Projections.Contains(target)) is { } unknown)
            rules.Require(false, nameof(options.Targets), $"must hold some of {string.Join(", ", LoraOptions.Projections)}, got '{unknown}'");
        return rules.Result;
    }
}
