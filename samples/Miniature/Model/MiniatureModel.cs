using Mel.Experiences;
using Mel.Memory;
using Mel.Transformers;
using Mel.Transformers.Models;

namespace Mel.Samples.Miniature;

/// <summary>
/// The built-in model: a Qwen3-shaped decoder of 208 thousand parameters, warm-started in the world. Its weights lie in the folder <c>model</c> beside the
/// program.
/// </summary>
public static class MiniatureModel
{
    /// <summary>The folder with the weights that came with this program.</summary>
    public static string Folder => Path.Combine(AppContext.BaseDirectory, "model");

    /// <summary>Shape and switches of the built-in model.</summary>
    public static ModelConfig Config { get; } = new()
    {
        Family = DecoderFamily.Qwen3,
        VocabularySize = Vocabulary.Size,
        HiddenSize = 64,
        IntermediateSize = 192,
        Layers = 4,
        Heads = 4,
        KeyValueHeads = 2,
        HeadSize = 16,
        ContextTokens = 128,
        TiedEmbeddings = true,
        InitializerRange = 0.05,
        StopTokenIds = [Vocabulary.EndId, Vocabulary.EndExperienceId],
    };

    /// <summary>Loads the warm-started model.</summary>
    /// <param name="folder">A folder made by the command <c>warm-start</c>; null takes <see cref="Folder"/>.</param>
    /// <exception cref="InvalidDataException">The folder holds no model of this version of the world.</exception>
    public static TransformerPolicy Load(string? folder = null)
    {
        folder ??= Folder;
        _ = ModelCard.Load(folder);
        return TransformerPolicy.Load(folder, new WordTokenizer(), new MiniatureTemplate());
    }

    /// <summary>The world that the weights of a folder belong to.</summary>
    /// <param name="folder">A folder made by the command <c>warm-start</c>; null takes <see cref="Folder"/>.</param>
    /// <exception cref="InvalidDataException">The folder holds no model of this version of the world.</exception>
    public static World LoadWorld(string? folder = null)
    {
        var card = ModelCard.Load(folder ?? Folder);
        return new World(card.WorldSeed, card.Shape);
    }

    /// <summary>Makes a model with random weights.</summary>
    /// <param name="seed">Seed of the weights.</param>
    /// <param name="config">Shape and switches; those of the built-in model where null.</param>
    public static TransformerPolicy Create(ulong seed, ModelConfig? config = null)
        => new(DecoderModel.Create(config ?? Config, seed), new WordTokenizer(), new MiniatureTemplate());

    /// <summary>How the experience loop is run in this world: no more tokens than a lesson and a solution have.</summary>
    /// <param name="pairsPerPrompt">Largest number of pairs per question. More pairs mean more lessons and a dearer step.</param>
    /// <param name="shape">The world's; the standard shape where null.</param>
    public static ExperienceOptions ExperienceOptions(int pairsPerPrompt = 2, WorldShape? shape = null) => new()
    {
        PairsPerPrompt = pairsPerPrompt,
        PairSelection = PairSelection.Spread,
        ExtractionMaxTokens = Lesson.WordCount + 1,
        ReplayMaxTokens = (shape ?? WorldShape.Standard).SolutionTokens,
    };

    /// <summary>
    /// How experiences are extracted for a memory in this world: <see cref="ExperienceMemory.Extraction"/>, and no more tokens than a lesson has.
    /// </summary>
    public static ExperienceOptions MemoryExtraction()
    {
        ExperienceOptions options = ExperienceMemory.Extraction();
        options.ExtractionMaxTokens = Lesson.WordCount + 1;
        return options;
    }

    /// <summary>Writes weights, configuration and card into a folder, which is made where it does not exist.</summary>
    internal static void Save(TransformerPolicy policy, ModelCard card, string folder)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(folder)) ?? folder);
        policy.Save(folder);
        card.Save(folder);
    }
}
