using System.Security.Cryptography;
using Mel.Runtime;
using Mel.Samples.Miniature;
using Mel.Transformers;

namespace Mel.Samples.Study;

/// <summary>The warm-started model of a world. It is made once and kept in a folder.</summary>
/// <param name="Folder">The folder of the model.</param>
internal sealed record StartingWeights(string Folder)
{
    private const int DigestLetters = 16;

    /// <summary>Begins the SHA-256 of the weights: the same digest, the same start.</summary>
    public string Digest { get; } = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(Folder, "model.safetensors"))))[..DigestLetters];

    /// <summary>Where the model of a world lies, made or not. The recipe is part of the name, so that a changed one makes a new model.</summary>
    /// <param name="world">The world.</param>
    /// <param name="cache">Folder of all models.</param>
    public static string FolderOf(StudyWorld world, string cache)
    {
        if (world.IsCommitted) return MiniatureModel.Folder;
        string recipe = $"{World.Version} {world.Seed} {world.Shape} {world.Layers}x{world.HiddenSize} {Recipe(world).Steps}";
        return Path.Combine(cache, $"{world.Name}-{Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(recipe)))[..8]}");
    }

    public static bool Exist(StudyWorld world, string cache) => File.Exists(Path.Combine(FolderOf(world, cache), ModelCard.FileName));

    /// <summary>Makes the model of a world: some minutes on one thread. The folder appears whole or not at all.</summary>
    public static async Task MakeAsync(StudyWorld world, string cache, CancellationToken cancellationToken)
    {
        ComputeThreads.Set(1);
        using TransformerPolicy policy = MiniatureModel.Create(world.Seed, world.Config);
        World domain = world.Open();
        new WarmStart(domain.Beliefs, policy, Recipe(world)).Run(cancellationToken: cancellationToken);
        ExaminationOptions examination = new();
        ExaminationReport figures = await new Examination(domain, policy, examination).RunAsync(cancellationToken);
        string folder = FolderOf(world, cache), draft = $"{folder}.{Environment.ProcessId}";
        ModelCard card = new(World.Version, world.Seed, world.Seed, Recipe(world), examination, figures) { Shape = world.Shape };
        MiniatureModel.Save(policy, card, draft);
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        Directory.Move(draft, folder);
    }

    private static WarmStartOptions Recipe(StudyWorld world) => new() { Seed = world.Seed };
}
