namespace Mel.Verifiers.Tests.Quantities;

/// <summary>Words between and behind numbers: compound quantities, ratios, scale words, qualifiers, and texts with numbers in them.</summary>
[TestFixture]
public sealed class QuantityWordTests
{
    private static readonly MathVerifier Verifier = new();

    // compound quantities add
    [TestCase("3 \\text{ hours } 20 \\text{ minutes}", "200 \\text{ minutes}"), TestCase("3 \\text{ h } 20 \\text{ min}", "3 hours 20 minutes"),
        TestCase("3 \\text{ hours and } 20 \\text{ minutes}", "200 \\text{ minutes}"), TestCase("6 \\text{ feet } 3 \\text{ inches}", "75 \\text{ inches}"),
        TestCase("6 ft 3 in", "75 \\text{ in}"), TestCase("8 dollars 40 cents", "\\$8.40"), TestCase("8 dollars and 40 cents", "8.40"),
        TestCase("5 \\text{ lb } 8 \\text{ oz}", "88 \\text{ oz}")]
    [TestCase("2 \\text{ m } 35 \\text{ cm}", "2.35 \\text{ m}"), TestCase("1 hour 15 minutes", "75 \\text{ min}"),
        TestCase("1 min 30 s", "90 \\text{ seconds}"),
        TestCase("\\text{2 hours 5 minutes}", "125 \\text{ minutes}"), TestCase("40^\\circ 30'", "40.5^\\circ"), TestCase("40^{\\circ} 30^{\\prime}", "40°30′"),
        TestCase("40^\\circ 30'", "40 \\text{ degrees } 30 \\text{ minutes}"), TestCase("10^\\circ 0' 36''", "10.01^\\circ"), TestCase("3小时20分钟", "200分钟")]
    // ratios, parts, operations
    [TestCase("3 \\text{ to } 8", "3:8"), TestCase("3 to 8", "\\frac38"), TestCase("9 \\text{ out of } 20", "\\frac{9}{20}"), TestCase("9 out of 20", "0.45"),
        TestCase("6 \\text{ plus } 7", "13"), TestCase("6 plus 7", "13"), TestCase("20 \\text{ minus } 3", "17"), TestCase("6 \\text{ times } 7", "42"),
        TestCase("42 divided by 6", "7"), TestCase("7 \\text{ remainder } 2", "7 \\text{ R } 2"), TestCase("7 remainder 2", "7 R 2")]
    // scale words
    [TestCase("30000000", "30 \\text{ million}"), TestCase("2.5 billion", "2500000000"), TestCase("9 \\text{ thousand}", "9000"),
        TestCase("60", "5 \\text{ dozen}"),
        TestCase("7 \\text{ hundred}", "700"), TestCase("0.7", "7 \\text{ tenths}"), TestCase("\\frac{2}{5}", "2 \\text{ fifths}"),
        TestCase("49", "7 \\text{ squared}"),
        TestCase("8", "2 \\text{ cubed}"), TestCase("60000", "6万"), TestCase("700000000", "7\\text{亿}"),
        TestCase("\\$3 \\text{ million}", "3000000 \\text{ dollars}"),
        TestCase("4 trillion", "4000 billion"), TestCase("30 \\text{ million people}", "30000000"), TestCase("6万元", "60000 \\text{ yuan}")]
    // qualifiers
    [TestCase("7:45 \\text{ a.m.}", "7:45 AM"), TestCase("\\text{7 p.m.}", "7 \\text{ PM}"), TestCase("12 \\text{ km north}", "12 km north"),
        TestCase("15% increase", "15\\% \\text{ increase}"), TestCase("n \\text{ is odd}", "n \\text{ odd}"), TestCase("-8", "8 \\text{ below zero}"),
        TestCase("x = 2\\pi m \\text{ for integer } m", "x = 2\\pi m"), TestCase("n^2 \\text{ for all positive integers } n", "n^2"),
        TestCase("17 \\text{ any old text}", "17")]
    // texts and numerals
    [TestCase("\\text{about } 2.5", "\\text{about } 2.5"), TestCase("\\text{South}", "south"), TestCase("64", "sixty-four"),
        TestCase("105", "one hundred and five"),
        TestCase("3000", "three thousand"), TestCase("\\frac23", "two thirds"), TestCase("2040017", "two million forty thousand seventeen"),
        TestCase("24", "two dozen"), TestCase("5/2", "two and a half"),
        TestCase("\\frac{29}{4}", "7 \\text{ and a quarter}"), TestCase("7:45 p.m.", "7:45 \\text{ PM}"),
        TestCase("\\$9 \\text{ per hour}", "9 \\text{ dollars per hour}"), TestCase("30^\\circ \\text{ N}", "30^\\circ \\text{ N}"),
        TestCase("-5", "negative five"), TestCase("\\text{no solutions}", "\\text{There is no solution.}"),
        TestCase("\\text{infinitely many}", "\\text{There are infinitely many solutions}")]
    public void SameWords_InAnotherForm_AreEquivalent(string gold, string answer)
    {
        Verifier.Compare(gold, answer).Outcome.Should().Be(VerificationOutcome.Equivalent);
        Verifier.Compare(answer, gold).Outcome.Should().Be(VerificationOutcome.Equivalent, "the comparison is symmetric");
    }

    // compound quantities
    [TestCase("3 \\text{ hours } 20 \\text{ minutes}", "60"), TestCase("3 \\text{ hours } 20 \\text{ minutes}", "20 \\text{ hours } 3 \\text{ minutes}"),
        TestCase("6 \\text{ feet } 3 \\text{ inches}", "3 \\text{ feet } 6 \\text{ inches}"), TestCase("8 dollars 40 cents", "320"),
        TestCase("1 hour 40 minutes", "40"), TestCase("5 \\text{ lb } 3 \\text{ oz}", "15"), TestCase("40^\\circ 30'", "1200"),
        TestCase("40^\\circ 30'", "30^\\circ 40'"), TestCase("3 \\text{ cats } 4 \\text{ dogs}", "12"), TestCase("3 \\text{ m } 4 \\text{ s}", "12")]
    // words between numbers
    [TestCase("3 \\text{ to } 8", "8 \\text{ to } 3"), TestCase("9 \\text{ out of } 20", "180"), TestCase("42", "6 \\text{ plus } 7"),
        TestCase("7 \\text{ remainder } 2", "14"),
        TestCase("7 \\text{ remainder } 2", "2 \\text{ remainder } 7"), TestCase("7 remainder 2", "7"), TestCase("24", "4 \\text{ less than } 6"),
        TestCase("6", "2 \\text{ foo } 3"), TestCase("12", "3 \\text{ sets of } 4 \\text{ things}")]
    // scale words
    [TestCase("30", "30 \\text{ million}"), TestCase("6 billion", "6 million"), TestCase("5", "5 dozen"), TestCase("7", "7 \\text{ squared}"),
        TestCase("7", "7 tenths"),
        TestCase("6", "6万"), TestCase("7万", "7亿"), TestCase("2", "2 thousand"), TestCase("3 \\text{ hundred}", "3 \\text{ hundredths}")]
    // qualifiers
    [TestCase("7:45 \\text{ a.m.}", "7:45 \\text{ p.m.}"), TestCase("9 \\text{ am}", "9 \\text{ pm}"), TestCase("12 \\text{ April}", "12 \\text{ August}"),
        TestCase("15\\% \\text{ increase}", "15\\% \\text{ decrease}"), TestCase("8 \\text{ m east}", "8 \\text{ m west}"),
        TestCase("45^\\circ \\text{ N}", "45^\\circ \\text{ S}"),
        TestCase("n \\text{ odd}", "n \\text{ even}"), TestCase("n \\text{ odd}", "n"),
        TestCase("x=3\\pi n \\text{ for integer } n", "x=3\\pi n \\text{ for even integer } n"),
        TestCase("8", "8 \\text{ below zero}"), TestCase("8 \\text{ above zero}", "8 \\text{ below zero}"), TestCase("2n \\text{ for even } n", "2n")]
    // phrases that take the number back
    [TestCase("6", "6 \\text{ is wrong}"), TestCase("6", "6 \\text{ or more}"), TestCase("6", "6 \\text{ at least}"), TestCase("6", "6 \\text{ (or 7)}"),
        TestCase("6", "6 \\text{ but not always}"), TestCase("6", "6 \\text{ perhaps}"), TestCase("6", "6 \\text{ for even } n, 7 \\text{ for odd } n")]
    // texts and numerals
    [TestCase("\\text{2.5 km north}", "\\text{25 km north}"), TestCase("\\text{ratio 3:45}", "\\text{ratio 34:5}"),
        TestCase("\\text{about } 2.5", "\\text{about } 25"),
        TestCase("7", "three, four"), TestCase("7", "three and four"), TestCase("30", "twenty ten"), TestCase("50", "thirty twenty"),
        TestCase("15", "five ten"),
        TestCase("\\text{page 1 2}", "\\text{page 12}"), TestCase("3000000000", "\\text{none}")]
    public void DifferentWords_AreNotEquivalent(string gold, string answer)
    {
        Verifier.Compare(gold, answer).IsCorrect.Should().BeFalse();
        Verifier.Compare(answer, gold).IsCorrect.Should().BeFalse("the comparison is symmetric");
    }
}
