namespace Mel.Verifiers.Tests.Structures;

/// <summary>Spellings that other programs, alphabets and schools use.</summary>
[TestFixture]
public sealed class NotationGapTests
{
    private const string Same = """
        (1101)_2 ~ 13
        (2101)_3 ~ 2101_3
        1101_{(2)} ~ 1101_2
        k+7 ~ 𝑘+7
        5ab ~ 𝟓𝒂𝒃
        8 ~ 𝟴
        \alpha + \beta ~ 𝛼+𝛽
        2\pi ~ 2𝜋
        \frac57 ~ 5⁄7
        35 ~ 5∗7
        2700 ~ 2.7x10^3
        2700 ~ 2.7 x 10^3
        2.7 \times 10^{-4} ~ 2.7x10^{-4}
        \frac{7}{11} ~ 0.6363...
        \frac23 ~ 0.666\ldots
        \frac{7}{12} ~ 0.58333\dots
        \frac27 ~ 0.\dot{2}8571\dot{4}
        \frac{7}{30} ~ 0.2\dot{3}
        \frac{52}{333} ~ 0.\dot{1}5\dot{6}
        \begin{pmatrix}4&5\\2&9\end{pmatrix} ~ [[4,5],[2,9]]
        \begin{pmatrix}3\\5\\8\end{pmatrix} ~ (3,5,8)^T
        \begin{pmatrix}4&2\\5&9\end{pmatrix} ~ \begin{pmatrix}4&5\\2&9\end{pmatrix}^{\top}
        \begin{pmatrix}3&-5\\-1&2\end{pmatrix} ~ \begin{pmatrix}2&5\\1&3\end{pmatrix}^{-1}
        -2./7 ~ -\frac27
        8 ~ 8 \checkmark
        8 ~ 8✓
        4, 9 ~ 4或9
        4, 9 ~ 4和9
        4, 9 ~ 4、9
        x=4 \text{ or } x=9 ~ x=4 或 x=9
        \textcircled{2}\textcircled{5} ~ ②⑤
        ①④ ~ ④①
        ①④ ~ ①、④
        7300 ~ 7 3 0 0
        x^5_2 ~ x_2^5
        Emma's chess club ~ \text{Emma's chess club}
        """;

    private const string Different = """
        (1101)_2 ~ 1101_3
        \begin{pmatrix}4&5\\2&9\end{pmatrix} ~ [[4,2],[5,9]]
        \begin{pmatrix}3\\5\\8\end{pmatrix} ~ (8,5,3)^T
        \begin{pmatrix}1&2\\2&4\end{pmatrix}^{-1} ~ 0
        \frac13 ~ 0.33...4
        \pi ~ 3.14...
        e ~ 2.718281828...
        ①④ ~ ①⑤
        ①④ ~ 4
        7300 ~ 7 3 0
        x^5_2 ~ x^5_1
        \underbrace{1+1+\cdots+1}_{n} ~ 1+1+\cdots+1
        7(1+\sqrt3) ~ 14\sqrt3
        """;

    [TestCaseSource(nameof(SamePairs))]
    public void SameAnswer_InAnotherForm_IsEquivalent(string gold, string answer) => PairTable.ShouldBeEquivalent(gold, answer);

    [TestCaseSource(nameof(DifferentPairs))]
    public void DifferentAnswer_IsNotEquivalent(string gold, string answer) => PairTable.ShouldDiffer(gold, answer);

    private static IEnumerable<TestCaseData> SamePairs() => PairTable.Read(Same);

    private static IEnumerable<TestCaseData> DifferentPairs() => PairTable.Read(Different);
}
