namespace Mel.Verifiers.Tests.Quantities;

/// <summary>Units behind numbers: names, prefixes, powers, quotients, currencies, and letters that are variables.</summary>
[TestFixture]
public sealed class UnitTests
{
    private static readonly MathVerifier Verifier = new();

    // one unit by several names
    [TestCase("7 \\text{ km}", "7000 \\text{ m}"), TestCase("7 \\text{ km}", "7 \\text{ kilometres}"), TestCase("0.25 \\text{ kg}", "250 \\text{ grams}"),
        TestCase("3 \\text{ kW}", "3000 \\text{ W}"), TestCase("8 \\text{ kJ}", "8000 \\text{ joules}"), TestCase("40 \\text{ nm}", "0.04 \\text{ µm}")]
    [TestCase("6 \\text{ ft}", "72 \\text{ in}"), TestCase("2 \\text{ hours}", "120 \\text{ min}"), TestCase("90 \\text{ minutes}", "1.5 \\text{ hours}"),
        TestCase("3 \\text{ weeks}", "21 \\text{ days}"), TestCase("2 \\text{ years}", "24 \\text{ months}"), TestCase("4 \\text{ L}", "4000 \\text{ cm}^3")]
    [TestCase("5 \\text{ GB}", "5000 \\text{ MB}"), TestCase("16 \\text{ bits}", "2 \\text{ bytes}"), TestCase("3\\text{千米}", "3000\\text{米}"),
        TestCase("6 \\text{ km}^2", "6000000 \\text{ m}^2"), TestCase("2 \\text{ square feet}", "288 \\text{ in}^2"),
        TestCase("1.5 \\text{ kPa}", "1500 \\text{ Pa}")]
    // powers, products, quotients
    [TestCase("72 \\text{ km/h}", "20 \\text{ m/s}"), TestCase("72 \\text{ km/h}", "72 \\text{ kilometers per hour}"),
        TestCase("30 \\text{ mph}", "30 \\text{ miles/hour}"),
        TestCase("5 \\text{ N}", "5 \\text{ kg m/s}^2"), TestCase("5 \\text{ N m}", "5 \\text{ J}"), TestCase("4 \\text{ cubic meters}", "4 \\text{ m}^3")]
    [TestCase("4 \\text{ sq. cm}", "4\\text{ cm}^2"), TestCase("6 \\text{ m s}^{-1}", "6 \\text{ m/s}"), TestCase("9 \\text{ W}", "9 \\text{ J/s}"),
        TestCase("12 \\text{ cm}^2", "3 \\text{ cm} \\times 4 \\text{ cm}"), TestCase("12平方厘米", "12 \\text{ cm}^2"),
        TestCase("2 \\text{ kWh}", "7200000 \\text{ J}")]
    // upright units
    [TestCase("23 \\mathrm{~m}", "23 \\text{ m}"), TestCase("23 \\mathrm{~m}", "23"), TestCase("12 \\mathrm{~m} / \\mathrm{s}", "12 \\text{ m/s}"),
        TestCase("12 \\mathrm{m/s}", "12"), TestCase("35", "35 \\mathrm{~min}"), TestCase("35 \\mathrm{min}", "35 \\text{ minutes}"),
        TestCase("2 \\frac{1}{2} \\mathrm{~min}", "2.5"), TestCase("80 \\mathrm{~km} / \\mathrm{h}", "80 \\text{ km/h}")]
    [TestCase("6 \\mathrm{~g}", "6 \\text{ grams}"), TestCase("4.2 \\mathrm{lb} / \\mathrm{in}^{2}", "4.2"), TestCase("10 \\mathrm{N}", "10 \\text{ newtons}"),
        TestCase("9.81 \\mathrm{~m} / \\mathrm{s}^{2}", "9.81 \\text{ m/s}^2"), TestCase("5 \\mathrm{~cm}^{3}", "5"),
        TestCase("9 \\mathrm{~kg} \\cdot \\mathrm{m}", "9")]
    [TestCase("45 km/h", "45"), TestCase("45 km/h", "45 \\text{ km/h}"), TestCase("70 kg", "70"), TestCase("30 min", "30"), TestCase("5 cm", "50 \\text{ mm}"),
        TestCase("12 ft", "12")]
    // angles, temperatures, money
    [TestCase("\\pi \\text{ rad}", "180 \\text{ degrees}"), TestCase("25^\\circ \\text{C}", "25 \\text{ degrees Celsius}"), TestCase("25^\\circ C", "25"),
        TestCase("20^\\circ", "20 \\text{ degrees}"), TestCase("\\$3.50", "350 \\text{ cents}"), TestCase("\\$7", "7 \\text{ dollars}"), TestCase("7", "\\$7"),
        TestCase("£9", "9 \\text{ pounds}"), TestCase("€9", "9 \\text{ euros}"), TestCase("5元", "5 \\text{ yuan}"), TestCase("8€", "€8")]
    // counted things
    [TestCase("14 \\text{ marbles}", "14"), TestCase("14", "14 marbles"), TestCase("14 \\text{ red marbles}", "14 \\text{ marbles}"),
        TestCase("1 \\text{ box}", "1 \\text{ boxes}"), TestCase("21 \\text{ square units}", "21"), TestCase("21 \\text{ units}", "21"), TestCase("6个", "6")]
    // products of variables
    [TestCase("5mg", "5gm"), TestCase("\\frac{1}{3}at^2", "\\frac{at^2}{3}"), TestCase("w+at", "at+w"), TestCase("(by+cy)/x", "\\frac{y(b+c)}{x}"),
        TestCase("7as", "7sa"), TestCase("\\frac{5mg}{3}", "\\frac53 gm"), TestCase("4km", "4mk"), TestCase("x=\\frac{\\mathrm{gb}}{h}", "\\frac{bg}{h}")]
    public void SameQuantity_InAnotherForm_IsEquivalent(string gold, string answer)
    {
        Verifier.Compare(gold, answer).Outcome.Should().Be(VerificationOutcome.Equivalent);
        Verifier.Compare(answer, gold).Outcome.Should().Be(VerificationOutcome.Equivalent, "the comparison is symmetric");
    }

    // another prefix, another dimension, another currency
    [TestCase("4 \\text{ kJ}", "4 \\text{ J}"), TestCase("4 \\text{ kW}", "4 \\text{ MW}"), TestCase("4 \\text{ mW}", "4 \\text{ MW}"),
        TestCase("4 \\text{ nm}", "4 \\text{ m}"), TestCase("4 \\text{ ms}", "4 \\text{ s}"), TestCase("4 \\text{ MHz}", "4 \\text{ Hz}"),
        TestCase("4 \\text{ eV}", "4 \\text{ J}"), TestCase("4 \\text{ kPa}", "4 \\text{ Pa}"), TestCase("4 \\text{ GB}", "4 \\text{ MB}")]
    [TestCase("3 \\text{ rad}", "3 \\text{ degrees}"), TestCase("3 \\text{ rad}", "3^\\circ"), TestCase("3 \\text{ light years}", "3 \\text{ km}"),
        TestCase("8米", "8千米"), TestCase("8\\text{ 米}", "8 \\text{ km}"), TestCase("£6", "€6"), TestCase("£6", "\\$6"), TestCase("€6", "6 \\text{ dollars}"),
        TestCase("¥6", "\\$6"), TestCase("5 \\text{ cents}", "5 \\text{ dollars}")]
    [TestCase("12 \\text{ cm}^2", "12 \\text{ cm}"), TestCase("12 \\text{ m}^3", "12 \\text{ m}^2"), TestCase("12 \\text{ m/s}", "12 \\text{ m}"),
        TestCase("12 \\text{ m/s}", "12 \\text{ km/h}"), TestCase("12 \\mathrm{~m}", "12 \\mathrm{~cm}"),
        TestCase("12 \\mathrm{~m} / \\mathrm{s}", "12 \\mathrm{~m}"),
        TestCase("25^\\circ \\text{C}", "25^\\circ \\text{F}"), TestCase("3 \\text{ hours}", "3 \\text{ minutes}"), TestCase("8 \\text{ lb}", "8 \\text{ kg}")]
    // unknown units equal only themselves
    [TestCase("5 \\text{ zorgs}", "5 \\text{ blins}"), TestCase("5 \\text{ zorgs}", "5 \\text{ km}"), TestCase("5 \\text{ apples}", "5 \\text{ pears}"),
        TestCase("5 \\text{ red balls}", "5 \\text{ blue balls}"), TestCase("5 \\text{ years older}", "5 \\text{ years younger}")]
    // products of variables are no units
    [TestCase("5mg", "5"), TestCase("\\frac{1}{3}at^2", "\\frac13"), TestCase("7at", "7"), TestCase("7as", "7"), TestCase("3ml", "3"), TestCase("6lb", "6"),
        TestCase("4hr", "4"), TestCase("9by", "9"), TestCase("4no", "4"), TestCase("4if", "4"), TestCase("8is", "8"), TestCase("\\frac{5mg}{3}", "\\frac53"),
        TestCase("7km", "7"), TestCase("5 m", "5"), TestCase("\\frac{k m}{2}", "\\frac12"), TestCase("5mg", "5mh")]
    public void DifferentQuantity_IsNotEquivalent(string gold, string answer)
    {
        Verifier.Compare(gold, answer).IsCorrect.Should().BeFalse();
        Verifier.Compare(answer, gold).IsCorrect.Should().BeFalse("the comparison is symmetric");
    }
}
