namespace Mel.Verifiers.Tests.Structures;

/// <summary>Values by cases, and systems written in the same environments.</summary>
[TestFixture]
public sealed class BranchTests
{
    private const string Same = """
        \begin{cases}4&x>0\\7&x\le0\end{cases} ~ \begin{cases}7&x\le0\\4&x>0\end{cases}
        \begin{cases}4&\text{if } x>0\\7&\text{otherwise}\end{cases} ~ \begin{cases}7,& x\le0\\4,&\text{for } x>0\end{cases}
        \begin{cases} t & t \ge 0 \\ -t & t<0 \end{cases} ~ |t|
        \begin{cases} t & t \ge 0 \\ -t & t<0 \end{cases} ~ \begin{cases} t & t > 0 \\ -t & t\le 0 \end{cases}
        \begin{cases}4&\text{if $m>4$ and $m$ is even}\\7&\text{otherwise}\end{cases} ~ \begin{cases}4&\text{if } m>4 \text{ and } m \text{ is even}\\7&\text{otherwise}\end{cases}
        \begin{cases}4&\text{when $x>4$ or $x<1$}\\7&\text{otherwise}\end{cases} ~ \begin{cases}7&1\le x\le4\\4&\text{otherwise}\end{cases}
        D(q)=\left\{\begin{array}{rll}9 q & \text { if } & q \leq 3 \\ 8 q & \text { if } & q \geq 4\end{array}\right. ~ \begin{cases}9q&q\le3\\8q&q\ge4\end{cases}
        \begin{cases}5&\text{if } m \text{ is even}\\1&\text{if } m \text{ is odd}\end{cases} ~ \begin{cases}1&\text{if $m$ is odd}\\5&\text{if m is even}\end{cases}
        \begin{cases}5&\text{if } m \text{ is even}\\1&\text{otherwise}\end{cases} ~ \begin{cases}1&m \text{ odd}\\5&\text{even } m\end{cases}
        \begin{cases}5&m \equiv 0 \pmod 2\\1&\text{otherwise}\end{cases} ~ \begin{cases}5&m\text{ is even}\\1&m \text{ is odd}\end{cases}
        \begin{cases}5&m \equiv 2 \pmod 3\\1&\text{otherwise}\end{cases} ~ \begin{cases}5&\text{if } m\equiv 2 \pmod{3}, \\1&\text{otherwise.}\end{cases}
        f(x)=\begin{cases}x^3&x<1\\3-2x&x\ge1\end{cases} ~ \left\{\begin{array}{ll} x^3, & x<1, \\ 3-2x, & x \geq 1. \end{array}\right.
        f(x)=\begin{cases}x^3&x<1\\3-2x&x\ge1\end{cases} ~ f(t)=\begin{cases}t^3&t<1\\3-2t&t\ge1\end{cases}
        \begin{cases}6&x\in[0,4]\\0&\text{otherwise}\end{cases} ~ \begin{cases}0&x<0\\6&0\le x\le 4\\0&x>4\end{cases}
        \begin{cases}6&x\in[0,4]\\0&\text{else}\end{cases} ~ \begin{cases}6&|x-2|\le 2\\0&\text{otherwise}\end{cases}
        \begin{cases}2&x>0\\0&x=0\\-2&x<0\end{cases} ~ \begin{cases}-2&x<0\\0&x=0\\2&x>0\end{cases}
        \begin{cases} x^2 & 0\le x<1 \\ 2x-1 & 1 \le x \end{cases} ~ \begin{cases} x^2 & 0\le x\le 1 \\ 2x-1 & x>1 \end{cases}
        \left\{\begin{array}{l}x=4\\y=9\end{array}\right. ~ x=4, y=9
        \left\{\begin{array}{l}x=4\\y=9\end{array}\right. ~ \begin{cases}y=9\\x=4\end{cases}
        \left\{\begin{matrix}x=4\\y=9\end{matrix}\right. ~ x=4,y=9
        \begin{array}{l}x=4\\y=9\end{array} ~ x=4, y=9
        \begin{aligned}x&=6\\y&=11\end{aligned} ~ (x,y)=(6,11)
        \begin{aligned}x+y&=5\\x-2y&=8\end{aligned} ~ x-2y=8, x+y=5
        \begin{align*}y&=4x-7\end{align*} ~ y=4x-7
        \begin{aligned}T &= 4+9\\ &= 13\end{aligned} ~ 13
        \begin{cases}a=5,\\b=6.\end{cases} ~ (5,6)
        \begin{aligned}a &= 5, & b &= 6\end{aligned} ~ a=5,b=6
        \begin{cases}2x+y=7\\x-y=2\end{cases} ~ \begin{cases}x-y=2\\4x+2y=14\end{cases}
        \begin{cases}x>2\\x<6\end{cases} ~ (2,6)
        \left(\begin{array}{cc}5&2\\3&4\end{array}\right) ~ \begin{pmatrix}5&2\\3&4\end{pmatrix}
        2^n \text{ for } n > 1 ~ 2^n
        """;

    private const string Different = """
        \begin{cases}4&x>0\\7&x\le0\end{cases} ~ \begin{cases}7&x>0\\4&x\le0\end{cases}
        \begin{cases}4&x>0\\7&x\le0\end{cases} ~ \begin{cases}4&x>1\\7&x\le1\end{cases}
        \begin{cases}4&x>0\\7&x\le0\end{cases} ~ 4, 7
        \begin{cases} t & t \ge 0 \\ -t & t<0 \end{cases} ~ t
        \begin{cases} 3 & x \ge 0 \\ -3 & x<0 \end{cases} ~ \begin{cases} 3 & x > 0 \\ -3 & x\le 0 \end{cases}
        D(q)=\left\{\begin{array}{rll}9 q & \text { if } & q \leq 3 \\ 8 q & \text { if } & q \geq 4\end{array}\right. ~ \begin{cases}8q&q\le3\\9q&q\ge4\end{cases}
        \begin{cases}5&\text{if } m \text{ is even}\\1&\text{if } m \text{ is odd}\end{cases} ~ \begin{cases}1&\text{if } m \text{ is even}\\5&\text{if } m \text{ is odd}\end{cases}
        \begin{cases}5&m \equiv 2 \pmod 3\\1&\text{otherwise}\end{cases} ~ \begin{cases}5&m \equiv 1 \pmod 3\\1&\text{otherwise}\end{cases}
        \begin{cases}5&m \equiv 0 \pmod 2\\1&\text{otherwise}\end{cases} ~ \begin{cases}1&m\text{ is even}\\5&m \text{ is odd}\end{cases}
        f(x)=\begin{cases}x^3&x<1\\3-2x&x\ge1\end{cases} ~ f(x)=\begin{cases}x^3&x\ge1\\3-2x&x<1\end{cases}
        \begin{cases}6&x\in[0,4]\\0&\text{otherwise}\end{cases} ~ \begin{cases}0&x<0\\6&0\le x\le 4\\1&x>4\end{cases}
        \begin{cases}2&x>0\\0&x=0\\-2&x<0\end{cases} ~ \begin{cases}2&x>0\\-2&x\le 0\end{cases}
        \begin{cases}2&x>0\\0&x=0\\-2&x<0\end{cases} ~ 2, 0, -2
        \begin{cases} x^2 & 0\le x<1 \\ 3x & 1 \le x \end{cases} ~ \begin{cases} x^2 & 0\le x\le 1 \\ 3x & x>1 \end{cases}
        8 ~ 8 \text{ if } x>0, 9 \text{ otherwise}
        8 ~ 8 \text{ for even } n, 9 \text{ for odd } n
        8 ~ \begin{cases}8 & x>0\\ 9 & x \le 0\end{cases}
        4 ~ 4 if the prism is regular, otherwise 7
        \left\{\begin{array}{l}x=4\\y=9\end{array}\right. ~ \begin{cases}y=4\\x=9\end{cases}
        \begin{cases}a=5\\b=6\\c=7\end{cases} ~ a=5,b=7,c=6
        \begin{cases}2x+y=7\\x-y=2\end{cases} ~ \begin{cases}x-y=2\\2x+y=8\end{cases}
        \begin{cases}x>2\\x<6\end{cases} ~ x>2 \text{ or } x<6
        """;

    [TestCaseSource(nameof(SamePairs))]
    public void SameAnswer_InAnotherForm_IsEquivalent(string gold, string answer) => PairTable.ShouldBeEquivalent(gold, answer);

    [TestCaseSource(nameof(DifferentPairs))]
    public void DifferentAnswer_IsNotEquivalent(string gold, string answer) => PairTable.ShouldDiffer(gold, answer);

    private static IEnumerable<TestCaseData> SamePairs() => PairTable.Read(Same);

    private static IEnumerable<TestCaseData> DifferentPairs() => PairTable.Read(Different);
}
