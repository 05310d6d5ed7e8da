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
        \text{lcm}(9,12) ~ 36
        5 + \text{gcd}\left(18,24\right) ~ 11
        \text{scalene triangle} ~ \text{a scalene triangle}
        \text{the red kite} ~ \text{red kite}
        \text{DNE} ~ \text{The limit does not exist.}
        \text{no real solutions} ~ \text{There are no real solutions.}
        \text{y-axis} ~ \text{y axis}
        p \circ q ~ p \circ q
        \frac{\pi}{5}+k\pi \text{ for some integer } k ~ \frac{\pi}{5}+k\pi \text{ for all integers } k
        p \circ q \circ r ~ p \circ q \circ r
        \frac{\pi}{4}+2\pi k (k\in\mathbb{Z}) ~ \frac{\pi}{4}+2k\pi, k\in\mathbb{Z}
        \frac{\pi}{4}+2\pi n ~ \frac{\pi}{4}+2\pi k (k\in\mathbb{Z})
        4H(t-3) ~ H(t-3) \cdot 4
        \{\emptyset\} ~ \{\{\}\}
        \{\{4,7\}\} ~ \{\{7,4\}\}
        \text{forty five} ~ 45
        7000000000 ~ \text{seven billion}
        \text{5 hours and 10 minutes} ~ 5 \text{ hours } 10 \text{ minutes}
        \text{5 hours and 10 minutes} ~ 310 \text{ minutes}
        7 \mathrm{\ m} ~ 7
        7 \mathrm{\ m} ~ 700 \mathrm{\ cm}
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
        \text{lcm}(9,12) ~ 108
        \text{scalene triangle} ~ \text{an equilateral triangle}
        \text{DNE} ~ 0
        \text{DNE} ~ \emptyset
        \text{p-q} ~ \text{pq}
        p \circ q ~ q \circ p
        p \circ q ~ pq
        \frac{\pi}{4}+2\pi k (k\in\mathbb{Z}) ~ \frac{\pi}{4}+k\pi (k\in\mathbb{Z})
        H(t-3) ~ Ht-3H
        H(t-3) ~ H(t-4)
        \{\emptyset\} ~ \emptyset
        \{\{4,7\}\} ~ \{4,7\}
        4, 7 ~ \{\{4\},\{7\}\}
        7000000000 ~ \text{seven million}
        \text{5 hours and 10 minutes} ~ 311 \text{ minutes}
        x>4 \text{ for all } x ~ x>4 \text{ for no } x
        x>4 \text{ for all } x ~ x>4 \text{ for some } x
        7 \mathrm{\ m} ~ 7 \mathrm{\ cm}
        """;

    [TestCaseSource(nameof(SamePairs))]
    public void SameAnswer_InAnotherForm_IsEquivalent(string gold, string answer) => PairTable.ShouldBeEquivalent(gold, answer);

    [TestCaseSource(nameof(DifferentPairs))]
    public void DifferentAnswer_IsNotEquivalent(string gold, string answer) => PairTable.ShouldDiffer(gold, answer);

    private static IEnumerable<TestCaseData> SamePairs() => PairTable.Read(Same);

    private static IEnumerable<TestCaseData> DifferentPairs() => PairTable.Read(Different);
}
