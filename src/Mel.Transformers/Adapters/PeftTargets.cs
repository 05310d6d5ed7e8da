using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Mel.Runtime;

namespace Mel.Transformers.Adapters;

/// <summary>
/// Which modules an <c>adapter_config.json</c> means, by the rules of PEFT: a list of names and ends of names, or an expression for whole names; less what is
/// excluded; of lists only some layers.
/// </summary>
internal sealed class PeftTargets
{
    private const string AllLinear = "all-linear";

    // Modules beside the projections that an adapter might be meant for.
    private static readonly string[] Others = ["model.embed_tokens", "lm_head"];

    private readonly JsonFields _fields;
    private readonly PeftNames? _targets, _excluded;
    private readonly HashSet<int>? _layers;
    private readonly Regex[] _layerPatterns;

    private PeftTargets(JsonFields fields)
    {
        _fields = fields;
        bool all = fields.Find("target_modules") is { ValueKind: JsonValueKind.String } text && text.GetString() == AllLinear;
        if (!all)
        {
            _targets = PeftNames.Read(fields, "target_modules")
                ?? throw fields.Fail("target_modules", $"is missing, expected a list of projections, an expression for their names, or \"{AllLinear}\".");
        }

        _excluded = PeftNames.Read(fields, "exclude_modules");
        _layers = Layers(fields);
        if (_layers is not null && (_targets is null || _targets.IsExpression))
            throw fields.Fail("layers_to_transform", "stands beside an expression in target_modules, expected a list there, as PEFT demands.");
        _layerPatterns =
        [
            .. Patterns(fields).Select(pattern => PeftNames.Expression(fields, "layers_pattern", $@"^.*\.{pattern}\.(\d+)\.")),
        ];
    }

    public static PeftTargets Read(JsonFields fields)
    {
        var targets = new PeftTargets(fields);
        if (targets._targets is not null && Others.FirstOrDefault(targets.Match) is { } other)
            throw fields.Fail("target_modules", $"means {other}, expected projections of layers; an adapter on the embedding or the head is not built.");
        return targets;
    }

    /// <summary>Whether a module is meant.</summary>
    public bool Match(string module)
    {
        if (_excluded?.Match(module) == true) return false;
        if (_targets is null) return true;
        if (_targets.IsExpression || _layers is null || _targets.Names(module)) return _targets.Match(module);
        return _targets.Match(module) && LayerOf(module) is { } layer && _layers.Contains(layer);
    }

    private static HashSet<int>? Layers(JsonFields fields)
    {
        if (fields.Find("layers_to_transform") is null) return null;
        IReadOnlyList<int> layers = fields.TokenIds("layers_to_transform");
        return layers.Count == 0 ? null : [.. layers];
    }

    private static IReadOnlyList<string> Patterns(JsonFields fields)
    {
        IReadOnlyList<string> given = fields.Find("layers_pattern") switch
        {
            null => [],
            { ValueKind: JsonValueKind.String } text => text.GetString() is { Length: > 0 } one ? [one] : [],
            _ => fields.Strings("layers_pattern"),
        };
        return given.Count == 0 ? ["[^.]*"] : given;
    }

    private int? LayerOf(string module)
    {
        foreach (Regex pattern in _layerPatterns)
        {
            if (PeftNames.Matched(_fields, "layers_pattern", pattern, module) is { Success: true } match
                && int.TryParse(match.Groups[^1].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out int layer)) return layer;
        }

        return null;
    }
}
