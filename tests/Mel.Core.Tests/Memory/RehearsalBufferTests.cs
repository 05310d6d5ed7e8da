using Mel.Memory;
using Mel.Rollouts;

namespace Mel.Core.Tests.Memory;

[TestFixture]
public sealed class RehearsalBufferTests
{
    [Test]
    public void Add_BeyondTheCapacity_TheOldestLeaves()
    {
        RehearsalBuffer buffer = new(new() { Capacity = 3, RehearsalsPerStep = 200 });
        for (int i = 1; i <= 5; i++) buffer.Add(Sequence(i));

        buffer.Count.Should().Be(3);
        buffer.Draw(1).Select(r => r.Sequence.Response.Span[0]).Distinct().Order().Should().Equal(3, 4, 5);
        buffer.Draw(1).Should().HaveCount(200);
    }

    [Test]
    public void Draw_SameSeed_IsTheSame_AlsoAfterTheStateWasRestored()
    {
        RehearsalBuffer buffer = new(), other = new();
        for (int i = 1; i <= 50; i++) buffer.Add(Sequence(i));
        other.LoadState(buffer.SaveState());

        int[] drawn = [.. buffer.Draw(9).Select(r => r.Sequence.Response.Span[0])];
        other.Draw(9).Select(r => r.Sequence.Response.Span[0]).Should().Equal(drawn);
        buffer.Draw(10).Select(r => r.Sequence.Response.Span[0]).Should().NotEqual(drawn);
        new RehearsalBuffer().Draw(1).Should().BeEmpty();
    }

    [Test]
    public void State_ThatIsNone_IsRefused()
    {
        RehearsalBuffer full = new(), small = new(new() { Capacity = 1 });
        full.Add(Sequence(1));
        full.Add(Sequence(2));

        FluentActions.Invoking(() => small.LoadState(full.SaveState())).Should().Throw<FormatException>().WithMessage("*a number of sequences is 2; 0 to 1*");
        FluentActions.Invoking(() => small.LoadState(new byte[] { 1 })).Should().Throw<FormatException>();
        FluentActions.Invoking(() => small.LoadState(new ExperienceMemory().SaveState())).Should().Throw<FormatException>();
    }

    private static TokenSequence Sequence(int token) => new(new[] { 1 }, new[] { token });
}
