using System.Text.Json.Nodes;

namespace Mel.Transformers.Adapters;

/// <summary>Which projections of a model carry an adapter, each with its rank and factor: as options say, or an adapter folder.</summary>
/// <param name="options">The settings that hold where nothing else is said.</param>
/// <param name="find">The adapter of a projection by its full name, such as <c>model.layers.0.self_attn.q_proj</c>; null where it carries none.</param>
/// <param name="source">The <c>adapter_config.json</c> it was read from, or null.</param>
internal sealed class LoraPlan(LoraOptions options, Func<string, AdapterShape?> find, JsonObject? source = null)
{
    /// <summary>The settings that hold where nothing else is said.</summary>
    public LoraOptions Options { get; } = options;

    /// <summary>The <c>adapter_config.json</c> it was read from, which saving writes again, or null.</summary>
    public JsonObject? Source { get; } = source;

    /// <summary>The plan of options: some projections of every layer, all alike.</summary>
    public static LoraPlan Of(LoraOptions options) => new(options, name
        => options.Targets.Any(target => name.EndsWith("." + target, StringComparison.Ordinal)) ? new AdapterShape(options.Rank, options.Scale) : null);

    /// <inheritdoc cref="LoraPlan(LoraOptions, Func{string, AdapterShape?}, JsonObject?)"/>
    public AdapterShape? Find(string projection) => find(projection);
}

/// <summary>Rank of one adapter, and the factor on its product.</summary>
/// <param name="Rank">Rows of A and columns of B.</param>
/// <param name="Scale">The factor.</param>
internal readonly record struct AdapterShape(int Rank, double Scale);
