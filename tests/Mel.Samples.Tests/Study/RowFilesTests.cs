using Mel.Samples.Study;
using Mel.Testing;

namespace Mel.Samples.Tests.Study;

[TestFixture, FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class RowFilesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Test]
    public void Append_ThenRead_GivesTheSameRows()
    {
        RunRow first = Rows.Of(ArmList.Equation7, StudyWorld.Standard, 101, .25, .5) with { Retention = [.5, null], Truth = [null, .75] };
        RunRow second = Rows.Of(ArmList.Memory, StudyWorld.Second, 102, .5) with { Part = "world-2", Trusted = [3], TrustedTruth = [1] };
        RowFiles files = new(_folder.Path);

        files.Append(first);
        files.Append(second);

        files.Read().Should().BeEquivalentTo([first, second], o => o.WithStrictOrdering());
        Directory.EnumerateFiles(_folder.Path).Select(f => Path.GetFileName(f)).Should().BeEquivalentTo("standard.jsonl", "world-2.jsonl");
    }

    [Test]
    public void Read_LastLineCutOffByAKill_IsLeftOutAndCutAwayByTheNextRow()
    {
        RunRow first = Rows.Of(ArmList.Grpo, StudyWorld.Standard, 101, .25), second = first with { Seed = 102 };
        string whole = first.ToLine() + "\n";
        _folder.Write("standard.jsonl", whole + whole[..50]);
        RowFiles files = new(_folder.Path);

        files.Read().Should().HaveCount(1);
        files.Append(second);

        files.Read().Select(r => r.Seed).Should().Equal(101ul, 102ul);
        File.ReadAllText(_folder.File("standard.jsonl")).Should().Be(whole + second.ToLine() + "\n");
    }

    [Test]
    public void Read_DamagedLine_NamesFileAndLine()
    {
        _folder.Write("standard.jsonl", Rows.Of(ArmList.Grpo, StudyWorld.Standard, 101, .25).ToLine() + "\n{\"part\":1}\n");

        FluentActions.Invoking(() => new RowFiles(_folder.Path).Read()).Should().Throw<InvalidDataException>().WithMessage("*standard.jsonl, line 2*");
    }

    [Test]
    public void Read_NoFolder_IsNoRow() => new RowFiles(_folder.File("none")).Read().Should().BeEmpty();
}
