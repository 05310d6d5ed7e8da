using Mel.Testing;

namespace Mel.Transformers.Tests.Hostile;

/// <summary>
/// Damaged files, from fixed seeds: whatever stands in a file, its reader reads it or throws what it documents, in little time and memory. The figures of
/// <see cref="LongRun"/> stand in docs/hostile-files.md.
/// </summary>
[TestFixture]
public sealed class FileFuzzTests
{
    private const double MostMilliseconds = 100, MostBytes = 64e6;

    [Test]
    public void Readers_DamagedFiles_ReadOrRefuseThem()
    {
        foreach (FuzzFigures figures in Run(filesPerReader: 250, seed: 1))
        {
            figures.Faults.Should().BeEmpty();
            figures.Bytes.Should().BeLessThan((long)MostBytes);
        }
    }

    /// <summary>The same at length, with the bound on time, which holds on a machine at rest.</summary>
    [Test, Explicit("dotnet test -c Release tests/Mel.Transformers.Tests --filter Name=LongRun --logger \"console;verbosity=detailed\"")]
    public void LongRun()
    {
        IReadOnlyList<FuzzFigures> all = Run(filesPerReader: 100_000 / 13 + 1, seed: 1000);
        TestContext.Out.WriteLine(FuzzFigures.Header);
        foreach (FuzzFigures figures in all) TestContext.Out.WriteLine(figures.Row);
        TestContext.Out.WriteLine($"{all.Sum(f => f.Files):N0} files");
        foreach (string fault in all.SelectMany(f => f.Faults).Take(20)) TestContext.Out.WriteLine(fault);
        all.Sum(f => f.Faults.Count).Should().Be(0);
        all.Max(f => f.Slowest).Should().BeLessThan(MostMilliseconds);
        all.Max(f => f.Bytes).Should().BeLessThan((long)MostBytes);
    }

    private static List<FuzzFigures> Run(int filesPerReader, int seed)
    {
        using TemporaryFolder folder = new();
        List<FuzzFigures> all = [];
        foreach (FileReader reader in FileReader.All(folder.Path))
        {
            var figures = new FuzzFigures(reader);
            reader.Read(reader.Folder);         // whole, it is read
            for (int i = 0; i < filesPerReader; i++)
            {
                var mutator = new FileMutator(seed + i);
                figures.Read(reader.File.EndsWith(".safetensors", StringComparison.Ordinal) ? mutator.MutateSafetensors(reader.Whole) : mutator.Mutate(reader.Whole));
            }

            File.WriteAllBytes(Path.Combine(reader.Folder, reader.File), reader.Whole);
            all.Add(figures);
        }

        return all;
    }
}
