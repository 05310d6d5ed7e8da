namespace Mel.Verifiers.Tests.Structures;

/// <summary>Lists of values, of tuples and of sets, and what they are not.</summary>
[TestFixture]
public sealed class ListTests
{
    private const string Same = """
        6,5 ~ 6.5
        -2,5 ~ -2.5
        6,5 ~ 5,6
        (1,2),(5,4) ~ (5,4),(1,2)
        \{(1,2),(5,4)\} ~ \{(5,4),(1,2)\}
        \{\{1,2\},\{5\}\} ~ \{\{5\},\{2,1\}\}
        \{1,2\},\{5\} ~ \{5\},\{2,1\}
        \{(1,2,5),(5,2,1)\} ~ (5,2,1), (1,2,5)
        (x,y)=(1,2) \text{ or } (5,4) ~ (x,y)=(5,4) \text{ or } (1,2)
        x=4 \text{ or } x=7 ~ 7, 4
        x=1, y=2 \text{ or } x=5, y=4 ~ (1,2), (5,4)
        [[1,2],[5,4]] ~ [[1,2],[5,4]]
        """;

    private const string Different = """
        6, 5 ~ 6.5
        6 \text{ or } 5 ~ 6.5
        8.75 ~ 8 \text{ and } 75
        6,5 ~ \frac{13}{2}
        -3, 5 ~ -\frac72
        -3,5 ~ -\frac72
        27,45 ~ 4\sqrt3+20
        (1,2),(5,4) ~ (2,1),(4,5)
        (1,2),(1,5),(2,1) ~ (1,2),(1,5)
        \{1,2\},\{5\} ~ \{1\},\{2,5\}
        \{(1,2,5)\} ~ \{(5,2,1)\}
        x=1 \text{ or } y=2 ~ x=1, y=2
        [[1,2],[5,4]] ~ [[1,5],[2,4]]
        """;

    [TestCaseSource(nameof(SamePairs))]
    public void SameAnswer_InAnotherForm_IsEquivalent(string gold, string answer) => PairTable.ShouldBeEquivalent(gold, answer);

    [TestCaseSource(nameof(DifferentPairs))]
    public void DifferentAnswer_IsNotEquivalent(string gold, string answer) => PairTable.ShouldDiffer(gold, answer);

    private static IEnumerable<TestCaseData> SamePairs() => PairTable.Read(Same);

    private static IEnumerable<TestCaseData> DifferentPairs() => PairTable.Read(Different);
}
