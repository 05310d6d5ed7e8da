using Mel.Architecture.Tests.Reading;

namespace Mel.Architecture.Tests.Rooms;

/// <summary>
/// The guard of the rooms sees every way in which C# lets one type know another: types in <c>Samples.First</c> that know <c>Samples.Second.Later</c>.
/// </summary>
[TestFixture]
internal sealed class RoomOrderTests
{
    private const string Root = "Mel.Architecture.Tests.Rooms.Samples";

    private static readonly Package Sample = new("Mel.Architecture.Tests", Root, ["First", "Second"]);

    [TestCase("InBody", "Run")]
    [TestCase("InLambda", "Run")]
    [TestCase("InAsync", "RunAsync")]
    [TestCase("InIterator", "Run")]
    [TestCase("InNested", "Run")]
    [TestCase("AsArgumentOfMethod", "Run")]
    [TestCase("AsArgumentOfType", "Run")]
    [TestCase("AsStaticField", "Run")]
    [TestCase("AsTypeOf", "Run")]
    [TestCase("AsCaught", "Run")]
    [TestCase("AsPattern", "Run")]
    [TestCase("AsConstraint`1", "constraint")]
    [TestCase("AsBase", "base type")]
    [TestCase("AsInterface", "interface")]
    [TestCase("AsField", "_later")]
    [TestCase("AsParameter", "Run")]
    [TestCase("AsArrayInResult", "Run")]
    [TestCase("AsLocal", "Run")]
    public void BackArrows_EarlierTypeKnowsLaterOne_IsFound(string type, string member)
    {
        using CompiledAssembly assembly = Sample.Open();
        RoomOrder.BackArrows(Sample, assembly).Should()
            .Contain(arrow => arrow.StartsWith($"First.{type} -> Second.", StringComparison.Ordinal) && arrow.Contains(member, StringComparison.Ordinal));
    }

    [Test]
    public void BackArrows_OwnRoomAndEarlierOne_AreFree()
    {
        using CompiledAssembly assembly = Sample.Open();
        RoomOrder.BackArrows(Sample, assembly).Should()
            .NotContain(arrow => arrow.StartsWith("First.Quiet", StringComparison.Ordinal) || arrow.StartsWith("Second.", StringComparison.Ordinal));
    }

    [Test]
    public void UnknownRooms_RoomOutsideTheOrder_IsNamed()
    {
        using CompiledAssembly assembly = Sample.Open();
        RoomOrder.UnknownRooms(Sample with { Rooms = ["First"] }, assembly).Should().Contain(Root + ".Second").And.NotContain(Root + ".First");
    }
}
