using Mel.Data.Files;
using Mel.Data.Folders;
using Mel.Testing;

namespace Mel.Data.Tests;

[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class DataFolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Test]
    public void Files_CardWithConfigs_AreThoseOfItsPatterns()
    {
        Make("main/train-00000-of-00002.parquet", "main/train-00001-of-00002.parquet", "main/test-00000-of-00001.parquet", "other/rows.jsonl");
        _folder.Write("README.md", """
            ---
            license: mit
            configs:
            - config_name: main
              default: true
              data_files:
              - split: train
                path: main/train-*
              - split: test
                path: ["main/test-*.parquet", "main/absent-*"]
            - config_name: socratic
              data_files: other/rows.jsonl
            - config_name: gone
              data_dir: main
              data_files: {train: "nothing-*"}
            ---
            # A data set
            """);

        DataFolder data = DataFolder.Open(_folder.Path);

        data.Configs.Should().Equal("main", "socratic", "gone");
        data.Splits().Should().Equal("train", "test");
        Names(data.Files("train")).Should().Equal("main/train-00000-of-00002.parquet", "main/train-00001-of-00002.parquet");
        Names(data.Files("test", "main")).Should().Equal("main/test-00000-of-00001.parquet");
        Names(data.Files("train", "socratic")).Should().Equal("other/rows.jsonl");
        FluentActions.Invoking(() => data.Files("dev")).Should().Throw<DataSplitException>()
            .WithMessage($"{_folder.Path}: there is no split 'dev'; there are: train, test.").Which.Available.Should().Equal("train", "test");
        FluentActions.Invoking(() => data.Files("train", "none")).Should().Throw<DataSplitException>()
            .WithMessage("*there is no configuration 'none'; there are: main, socratic, gone.");
        FluentActions.Invoking(() => data.Files("train", "gone")).Should().Throw<DataFormatException>().WithMessage("*names files of the split 'train' that are not there*");
    }

    [Test]
    public void Splits_SeveralConfigsAndNoDefault_AsksForOne()
    {
        Make("a.jsonl");
        _folder.Write("README.md", "---\nconfigs:\n- config_name: x\n  data_files: a.jsonl\n- config_name: y\n  data_files: a.jsonl\n---\n");

        FluentActions.Invoking(() => DataFolder.Open(_folder.Path).Splits()).Should().Throw<DataSplitException>()
            .WithMessage("*there are several configurations, name one of them; there are: x, y.");
    }

    [TestCase("train-00000-of-00001.parquet test-00000-of-00001.parquet", "test train")]
    [TestCase("data/train-00000-of-00001-ab12cd.parquet data/challenge-00000-of-00001.parquet", "challenge train")]
    [TestCase("gsm8k_train.jsonl gsm8k_test.jsonl notes.jsonl", "test train")]
    [TestCase("validation/0.parquet train/0.parquet", "train validation")]
    [TestCase("questions.parquet", "train")]
    [TestCase("dev.jsonl train.parquet", "train")]
    [TestCase("contest.jsonl latest.jsonl", "train")]
    public void Splits_NoCard_AreThoseOfTheFileNames(string files, string splits)
    {
        Make(files.Split(' '));
        _folder.Write("README.md", "# No header\n---\n");

        DataFolder.Open(_folder.Path).Splits().Order(StringComparer.Ordinal).Should().Equal(splits.Split(' '));
    }

    [Test]
    public void Open_HiddenFoldersAndOtherFiles_AreLeftOut()
    {
        Make("data/a.parquet", ".cache/b.parquet", "__pycache__/c.parquet", "notes.txt", "dataset_info.json");

        Names(DataFolder.Open(_folder.Path).Files("train")).Should().Equal("data/a.parquet");
    }

    [TestCase("configs: 5", "*'configs' is no list*")]
    [TestCase("configs: [[", "*no valid YAML*")]
    [TestCase("configs:\n- config_name: a\n  data_files:\n  - split: train", "*'data_files' of the configuration 'a' names no file*")]
    [TestCase("configs:\n- config_name: a\n- config_name: a", "*'a' occurs twice*")]
    [TestCase("a: &x [1]\nb: *x", "*alias*")]
    public void Open_DamagedCard_NamesItAndWhatIsExpected(string header, string message)
    {
        Make("a.jsonl");
        string card = _folder.Write("README.md", $"---\n{header}\n---\n");

        FluentActions.Invoking(() => DataFolder.Open(_folder.Path)).Should().Throw<DataFormatException>().WithMessage(message).Where(e => e.File == card);
    }

    [Test]
    public void Open_CardNestedDeep_IsRefused()
    {
        Make("a.jsonl");
        _folder.Write("README.md", $"---\nconfigs: {new string('[', 50_000)}\n---\n");

        FluentActions.Invoking(() => DataFolder.Open(_folder.Path)).Should().Throw<DataFormatException>().WithMessage("*nested deeper*");
    }

    [Test]
    public void Files_PatternOutOfTheFolder_FindsNothing()
    {
        Make("a.jsonl");
        _folder.Write("README.md", "---\nconfigs:\n- config_name: a\n  data_files: ../../../etc/*\n---\n");

        FluentActions.Invoking(() => DataFolder.Open(_folder.Path).Files("train")).Should().Throw<DataFormatException>().WithMessage("*not there*");
    }

    [Test]
    public void Open_NoDataFile_SaysWhatIsExpected()
    {
        FluentActions.Invoking(() => DataFolder.Open(_folder.Path)).Should().Throw<DataFormatException>().WithMessage("*holds no data file; expected*.parquet, .jsonl*");
        FluentActions.Invoking(() => DataFolder.Open(_folder.File("absent"))).Should().Throw<DirectoryNotFoundException>();
    }

    private IEnumerable<string> Names(IEnumerable<string> files) => files.Select(f => Path.GetRelativePath(_folder.Path, f).Replace('\\', '/'));

    private void Make(params string[] files)
    {
        foreach (string file in files)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_folder.File(file))!);
            File.WriteAllText(_folder.File(file), "");
        }
    }
}
