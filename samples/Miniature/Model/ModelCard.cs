using System.Text.Json;
using System.Text.Json.Serialization;

namespace Mel.Samples.Miniature;

/// <summary>What lies beside the weights in <c>world.json</c>: the world they belong to, how they were made and what they can do.</summary>
/// <param name="WorldVersion">The <see cref="World.Version"/> of the corpus.</param>
/// <param name="WorldSeed">The <see cref="World.Seed"/> of the corpus.</param>
/// <param name="InitializationSeed">Seed of the random weights that training started from.</param>
/// <param name="WarmStart">The recipe.</param>
/// <param name="Examination">Sizes and seed of the examination.</param>
/// <param name="Figures">Its outcome.</param>
public sealed record ModelCard(
    string WorldVersion, ulong WorldSeed, ulong InitializationSeed, WarmStartOptions WarmStart, ExaminationOptions Examination, ExaminationReport Figures)
{
    /// <summary>The <see cref="World.Shape"/> of the corpus; null for the standard shape.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public WorldShape? Shape { get; init; }


    /// <summary>Name of the file in a model folder.</summary>
    public const string FileName = "world.json";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    /// <summary>Reads the card of a model folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="InvalidDataException">There is no card, it cannot be read, or it belongs to a world of another version.</exception>
    public static ModelCard Load(string folder)
    {
        string path = Path.Combine(folder, FileName);
        if (!File.Exists(path)) throw new InvalidDataException($"'{path}' does not exist; make a model with the command 'warm-start'.");
        ModelCard card;
        try
        {
            card = JsonSerializer.Deserialize<ModelCard>(File.ReadAllText(path), Json) ?? throw new InvalidDataException($"'{path}' holds no model card.");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"'{path}' is no model card: {e.Message}", e);
        }
        if (card.WorldVersion != World.Version)
            throw new InvalidDataException($"The model in '{folder}' belongs to world '{card.WorldVersion}', but this is '{World.Version}'; " +
                "make a new one with the command 'warm-start'.");
        return card;
    }

    /// <summary>Writes the card into a model folder.</summary>
    /// <param name="folder">The folder, which exists.</param>
    public void Save(string folder) => File.WriteAllText(Path.Combine(folder, FileName), JsonSerializer.Serialize(this, Json) + "\n");
}
