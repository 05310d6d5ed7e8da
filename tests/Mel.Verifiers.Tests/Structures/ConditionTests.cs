namespace Mel.Verifiers.Tests.Structures;

/// <summary>Inequalities as the sets they describe, with the words between them.</summary>
[TestFixture]
public sealed class ConditionTests
{
    private const string Same = """
        \mathbb{R} ~ x>4 \text{ or } x<9
        (4,9) ~ x>4, x<9
        (4,9) ~ x>4 \text{ and } x<9
        (4,9) ~ x>4 \land x<9
        (-\infty,4)\cup(9,\infty) ~ x<4 \text{ or } x>9
        (-\infty,4)\cup(9,\infty) ~ x<4, x>9
        (-\infty,4)\cup(9,\infty) ~ x<4 \lor x>9
        x<4 \text{ or } x>9 ~ x>9 \text{ or } x<4
        \emptyset ~ x<4 \text{ and } x>9
        x<4 \text{ or } x>9 ~ (-\infty,4) \text{ or } (9,\infty)
        x>4 ~ x>4 \text{ or } x>9
        x=3 \text{ or } x>5 ~ \{3\}\cup(5,\infty)
        x>0, x \ne 6 ~ (0,6)\cup(6,\infty)
        x \ne 6, x \ne 7 ~ \mathbb{R}\setminus\{6,7\}
        x \ne 6, 7 ~ \mathbb{R}\setminus\{6,7\}
        x<0, 0<x<1, x>1 ~ x \ne 0, 1
        x \ne 6 ~ x<6 \text{ or } x>6
        (-5,5) ~ |x|<5
        (-\infty,-5)\cup(5,\infty) ~ |x|>5
        x \le -5 \text{ or } x \ge 5 ~ |x| \ge 5
        |x| \ge 5 ~ x^2 \ge 25
        [-1,9] ~ |x-4| \le 5
        |2x-1|<7 ~ -3<x<4
        |x-2|+|x+2| \le 6 ~ [-3,3]
        (-5,-1)\cup(1,5) ~ 1<|x|<5
        (-\infty,0)\cup(\frac13,\infty) ~ \frac1x<3
        x<4 ~ 2x<8
        x<4 ~ 7-x>3
        -3 < 2x+1 \le 9 ~ (-2,4]
        (-5,5) ~ x^2<25
        x<-5 \text{ or } x>5 ~ x^2>25
        x \ne \pm 5 ~ x^2 \ne 25
        \left(-\sqrt7,\sqrt7\right) ~ x^2<7
        [2,3] ~ x^2-5x+6\le 0
        (-2,0)\cup(2,\infty) ~ x^3>4x
        (x-1)(x-2)(x-4) > 0 ~ (1,2)\cup(4,\infty)
        (-3,1] ~ \frac{x-1}{x+3}\le 0
        \frac{x+1}{x-5}\ge0 ~ (-\infty,-1]\cup(5,\infty)
        x^2+4>0 ~ \mathbb{R}
        x^2+4<0 ~ \emptyset
        x^2-6x+9\le 0 ~ \{3\}
        x^2-6x+9>0 ~ x \ne 3
        x^4<81 ~ (-3,3)
        x^3 \ge 27 ~ [3,\infty)
        \{x \mid |x|<5\} ~ (-5,5)
        \{x : x<1 \text{ or } x>5\} ~ (-\infty,1)\cup(5,\infty)
        \{x \in \mathbb{R} : x > 5\} ~ (5,\infty)
        f(x) \ge 5 ~ [5,\infty)
        AB > 5 ~ (5,\infty)
        a<x<b ~ b>x>a
        a<x<b ~ x \in (a,b)
        x>1, y<5 ~ y<5, x>1
        |z-1|<4 ~ |1-z|<4
        """;

    private const string Different = """
        \mathbb{R} ~ x>4, x<9
        \mathbb{R} ~ x>4 \text{ and } x<9
        \emptyset ~ x<4 \text{ or } x>9
        \emptyset ~ x<4 \lor x>9
        x<4 \text{ or } x>9 ~ x<4 \text{ and } x>9
        (4,9) ~ x<4 \text{ or } x<9
        x>9 ~ x>4 \text{ or } x>9
        (3,5) ~ (1,5), (3,7)
        3<x<5 ~ (1,5), (3,7)
        x>4 \text{ and } x<9 ~ (4,\infty), (-\infty,9)
        x=3 \text{ or } x>5 ~ x>5
        (-\infty,5) ~ |x|<5
        (5,\infty) ~ |x|>5
        |x| \ge 5 ~ x \ge 5
        (-1,9) ~ |x-4| \le 5
        (-\infty,3) ~ \frac1x<3
        7-2x \ge 1 ~ [3,\infty)
        x>5 ~ x^2>25
        \frac{x+1}{x-5}\ge0 ~ (-\infty,-1]\cup[5,\infty)
        x^3 \ge 27 ~ [27,\infty)
        e^x<5 ~ (-\infty,5)
        \sqrt{x}<5 ~ (-\infty,5)
        \ln x<5 ~ (-\infty,5)
        2^x>8 ~ (8,\infty)
        f(x)>5 ~ x>5
        xy>0 ~ (0,\infty)
        x^2+y^2<25 ~ (-5,5)
        |z-1|<4 ~ (-3,5)
        \{x \in \mathbb{Z} : x > 5\} ~ (5,\infty)
        a<x<b ~ a<x \le b
        x>1 \text{ or } y<5 ~ x>1, y<5
        """;

    [TestCaseSource(nameof(SamePairs))]
    public void SameAnswer_InAnotherForm_IsEquivalent(string gold, string answer) => PairTable.ShouldBeEquivalent(gold, answer);

    [TestCaseSource(nameof(DifferentPairs))]
    public void DifferentAnswer_IsNotEquivalent(string gold, string answer) => PairTable.ShouldDiffer(gold, answer);

    private static IEnumerable<TestCaseData> SamePairs() => PairTable.Read(Same);

    private static IEnumerable<TestCaseData> DifferentPairs() => PairTable.Read(Different);
}
