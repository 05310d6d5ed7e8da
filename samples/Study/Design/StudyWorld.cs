using Mel.Samples.Miniature;
using Mel.Transformers.Models;

namespace Mel.Samples.Study;

/// <summary>A world of the study with the model that is warm-started in it.</summary>
/// <param name="Name">What rows and options call it.</param>
/// <param name="Title">What the report calls it.</param>
/// <param name="Seed">Seed of the world, of its corpus and of the random weights.</param>
internal sealed record StudyWorld(string Name, string Title, ulong Seed)
{
    /// <summary>The world of the committed model, whose warm start needs no making.</summary>
    public static readonly StudyWorld Standard = new("standard", "standard", World.DefaultSeed);

    public static readonly StudyWorld Second = new("world-2", "second world", 2);

    public static readonly StudyWorld Third = new("world-3", "third world", 3);

    /// <summary>Twice as many operators: a run meets each fact half as often.</summary>
    public static readonly StudyWorld Operators = new("operators", "twice the operators", 4) { Shape = new WorldShape { Operators = 192 } };

    /// <summary>Three names for every operator; a heuristic may use another name than the solutions it was drawn from.</summary>
    public static readonly StudyWorld Noisy = new("noisy", "noisy keys", 5) { Shape = new WorldShape { NamesPerOperator = 3 } };

    /// <summary>A fourth step in every question, and authors who believe less of the truth.</summary>
    public static readonly StudyWorld Hard
        = new("hard", "harder questions", 6) { Shape = new WorldShape { QuestionLength = 4, LeastTruth = 0.1, MostTruth = 0.3 } };

    /// <summary>The standard world seen by a smaller model.</summary>
    public static readonly StudyWorld Small = new("small", "smaller model", World.DefaultSeed) { Layers = 3 };

    /// <summary>The standard world seen by a larger model.</summary>
    public static readonly StudyWorld Large = new("large", "larger model", World.DefaultSeed) { HiddenSize = 96 };

    public static readonly IReadOnlyList<StudyWorld> All = [Standard, Second, Third, Operators, Noisy, Hard, Small, Large];

    /// <exception cref="ArgumentException">There is no such world.</exception>
    public static StudyWorld Named(string name) => All.FirstOrDefault(w => w.Name == name)
        ?? throw new ArgumentException($"'{name}' is no world of the study; there are {string.Join(", ", All.Select(w => w.Name))}.", nameof(name));

    public WorldShape Shape { get; init; } = WorldShape.Standard;

    public int Layers { get; init; } = MiniatureModel.Config.Layers;

    public int HiddenSize { get; init; } = MiniatureModel.Config.HiddenSize;

    public bool IsCommitted => this == Standard;

    /// <summary>Shape of the model: heads and feed-forward layer follow the width as in the committed one.</summary>
    public ModelConfig Config => MiniatureModel.Config with
    {
        VocabularySize = Shape.VocabularySize,
        Layers = Layers,
        HiddenSize = HiddenSize,
        Heads = HiddenSize / MiniatureModel.Config.HeadSize,
        KeyValueHeads = HiddenSize / MiniatureModel.Config.HeadSize / 2,
        IntermediateSize = 3 * HiddenSize,
    };

    /// <summary>Number of parameters: one embedding for input and output, and norms before attention and feed-forward, of queries and of keys.</summary>
    public int Parameters
    {
        get
        {
            ModelConfig c = Config;
            int attention = c.HiddenSize * c.HeadSize * ((2 * c.Heads) + (2 * c.KeyValueHeads)), feedForward = 3 * c.HiddenSize * c.IntermediateSize;
            int norms = (2 * c.HiddenSize) + (2 * c.HeadSize);
            return (c.VocabularySize * c.HiddenSize) + (c.Layers * (attention + feedForward + norms)) + c.HiddenSize;
        }
    }

    public World Open() => new(Seed, Shape);
}
