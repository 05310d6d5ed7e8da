using Mel.Verifiers.Rules;

namespace Mel.Verifiers.Tests.Rules;

/// <summary>Every rule of sameness: its default, and what changing it changes.</summary>
[TestFixture]
public sealed class AnswerRulesTests
{
    [TestCase("35\\%", "35", PercentRule.SameNumberWhenGoldIsPercent, ExpectedResult = true)]
    [TestCase("35\\%", "0.35", PercentRule.SameNumberWhenGoldIsPercent, ExpectedResult = true)]
    [TestCase("35", "35\\%", PercentRule.SameNumberWhenGoldIsPercent, ExpectedResult = false)]
    [TestCase("0.35", "35\\%", PercentRule.SameNumberWhenGoldIsPercent, ExpectedResult = true)]
    [TestCase("35\\%", "3.5", PercentRule.SameNumberWhenGoldIsPercent, ExpectedResult = false)]
    [TestCase("35\\%", "35", PercentRule.SameValue, ExpectedResult = false)]
    [TestCase("35\\%", "\\frac{7}{20}", PercentRule.SameValue, ExpectedResult = true)]
    [TestCase("35", "35\\%", PercentRule.Ignore, ExpectedResult = true)]
    [TestCase("0.35", "35\\%", PercentRule.Ignore, ExpectedResult = false)]
    public bool Percent_EachRule_Decides(string gold, string answer, PercentRule rule) => Same(gold, answer, r => r.Percent = rule);

    [Test]
    public void Percent_QuestionAsksForPercent_AcceptsTheSignOnTheAnswerAlone()
    {
        MathVerifier verifier = new();
        verifier.Compare("35", "35\\%", "What percent of the class passed?").IsCorrect.Should().BeTrue();
        verifier.Compare("35", "35\\%", "How many pupils passed?").IsCorrect.Should().BeFalse();
    }

    [TestCase("30 \\text{ km}", "30 \\text{ kilometers}", UnitRule.SameWhereBothNamed, ExpectedResult = true)]
    [TestCase("30 \\text{ km}", "30 \\text{ miles}", UnitRule.SameWhereBothNamed, ExpectedResult = false)]
    [TestCase("30 \\text{ km}", "30", UnitRule.SameWhereBothNamed, ExpectedResult = true)]
    [TestCase("30", "30 apples", UnitRule.SameWhereBothNamed, ExpectedResult = true)]
    [TestCase("30 \\text{ km}", "30 \\text{ miles}", UnitRule.Ignore, ExpectedResult = true)]
    [TestCase("30 \\text{ km}", "30", UnitRule.Required, ExpectedResult = false)]
    [TestCase("7w", "7", UnitRule.Ignore, ExpectedResult = false)]
    [TestCase("12 \\text{ ft}^2", "12 \\text{ square feet}", UnitRule.Required, ExpectedResult = true)]
    [TestCase("12 \\text{ ft}^2", "12 \\text{ ft}^3", UnitRule.SameWhereBothNamed, ExpectedResult = false)]
    public bool Units_EachRule_Decides(string gold, string answer, UnitRule rule) => Same(gold, answer, r => r.Units = rule);

    [TestCase("31_4", "13", NumberBaseRule.Value, ExpectedResult = true)]
    [TestCase("31_4", "31", NumberBaseRule.Value, ExpectedResult = false)]
    [TestCase("31_4", "31_{\\text{four}}", NumberBaseRule.SameBase, ExpectedResult = true)]
    [TestCase("31_4", "13", NumberBaseRule.SameBase, ExpectedResult = false)]
    [TestCase("31_4", "31_5", NumberBaseRule.Value, ExpectedResult = false)]
    [TestCase("31_4", "31", NumberBaseRule.Ignore, ExpectedResult = true)]
    public bool Bases_EachRule_Decides(string gold, string answer, NumberBaseRule rule) => Same(gold, answer, r => r.Bases = rule);

    [TestCase("30^\\circ", "30", DegreeRule.SameNumber, ExpectedResult = true)]
    [TestCase("30^\\circ", "\\frac{\\pi}{6}", DegreeRule.SameNumber, ExpectedResult = false)]
    [TestCase("30^\\circ", "\\frac{\\pi}{6}", DegreeRule.SameNumberOrRadians, ExpectedResult = true)]
    [TestCase("30^\\circ", "30", DegreeRule.SameNumberOrRadians, ExpectedResult = true)]
    [TestCase("30^\\circ", "30", DegreeRule.Radians, ExpectedResult = false)]
    [TestCase("\\cos 60^\\circ", "\\frac12", DegreeRule.SameNumber, ExpectedResult = true)]
    public bool Degrees_EachRule_Decides(string gold, string answer, DegreeRule rule) => Same(gold, answer, r => r.Degrees = rule);

    [TestCase("4, 7, 9", "9, 4, 7", false, ExpectedResult = true)]
    [TestCase("4, 7, 9", "9, 4, 7", true, ExpectedResult = false)]
    [TestCase("4, 7, 9", "4, 7, 9", true, ExpectedResult = true)]
    [TestCase("(4, 7)", "(7, 4)", false, ExpectedResult = false)]
    [TestCase("\\{4, 7\\}", "\\{7, 4\\}", true, ExpectedResult = true)]
    public bool Order_OfListsTuplesAndSets_Decides(string gold, string answer, bool ordered) => Same(gold, answer, r => r.OrderedLists = ordered);

    [TestCase("3, 3, 8", "3, 8", false, ExpectedResult = false)]
    [TestCase("3, 3, 8", "3, 8", true, ExpectedResult = true)]
    [TestCase("3, 3, 8", "8, 3, 3", false, ExpectedResult = true)]
    [TestCase("\\{3, 3, 8\\}", "\\{3, 8\\}", false, ExpectedResult = true)]
    public bool Duplicates_InListsAndSets_Decide(string gold, string answer, bool collapse) => Same(gold, answer, r => r.CollapseDuplicates = collapse);

    [TestCase(true, ExpectedResult = true)]
    [TestCase(false, ExpectedResult = false)]
    public bool Columns_AgainstTuples_Decide(bool allowed) => Same("\\begin{pmatrix} 6 \\\\ 7 \\end{pmatrix}", "(6, 7)", r => r.ColumnsAreTuples = allowed);

    [TestCase(true, ExpectedResult = true)]
    [TestCase(false, ExpectedResult = false)]
    public bool ValueNames_AgainstFunctions_Decide(bool allowed) => Same("h(t) = 4t - 1", "y = 4t - 1", r => r.ValueNamesFunction = allowed);

    [TestCase(true, ExpectedResult = true)]
    [TestCase(false, ExpectedResult = false)]
    public bool VariableNames_RenamedByPosition_Decide(bool allowed) => Same("5a + 2b", "5u + 2v", r => r.RenameVariables = allowed);

    [TestCase("7K^3", "7k^3", true, ExpectedResult = true)]
    [TestCase("7K^3", "7k^3", false, ExpectedResult = false)]
    [TestCase("R + r", "r + r", true, ExpectedResult = false)]
    public bool VariableCase_Differs_Decides(string gold, string answer, bool ignore) => Same(gold, answer, r => r.IgnoreVariableCase = ignore);

    [TestCase("\\frac{5}{7}", "0.714286", 6, ExpectedResult = true)]
    [TestCase("\\frac{5}{7}", "0.714", 6, ExpectedResult = false)]
    [TestCase("\\frac{5}{7}", "0.714", 3, ExpectedResult = true)]
    [TestCase("\\sqrt{7}", "2.645751", 6, ExpectedResult = true)]
    [TestCase("\\sqrt{7}", "2.6458", 6, ExpectedResult = false)]
    [TestCase("0", "0.0000002", 6, ExpectedResult = false)]
    [TestCase("0.0000005", "0.0000004", 6, ExpectedResult = false)]
    [TestCase("812.4", "812.44", 6, ExpectedResult = false)]
    public bool Decimals_ToSoManyPlaces_Decide(string gold, string answer, int places) => Same(gold, answer, r => r.DecimalPlaces = places);

    [TestCase("66.7", "\\frac{200}{3}", true, ExpectedResult = true)]
    [TestCase("66.7", "\\frac{200}{3}", false, ExpectedResult = false)]
    [TestCase("0.7", "\\frac{2}{3}", true, ExpectedResult = false)]
    [TestCase("66.7", "66.66", true, ExpectedResult = false)]
    [TestCase("1.50", "\\frac{1501}{1000}", true, ExpectedResult = false)]
    [TestCase("3.317", "\\sqrt{11}", true, ExpectedResult = true)]
    public bool RoundedGold_ExactAnswer_Decides(string gold, string answer, bool allowed) => Same(gold, answer, r => r.GoldMayBeRounded = allowed);

    [Test]
    public void Defaults_AreTheDocumentedOnes()
    {
        AnswerRules rules = new();
        rules.Should().BeEquivalentTo(new
        {
            Percent = PercentRule.SameNumberWhenGoldIsPercent,
            Units = UnitRule.SameWhereBothNamed,
            Bases = NumberBaseRule.Value,
            Degrees = DegreeRule.SameNumber,
            OrderedLists = false,
            CollapseDuplicates = false,
            ColumnsAreTuples = true,
            ValueNamesFunction = true,
            RenameVariables = false,
            IgnoreVariableCase = true,
            DecimalPlaces = 6,
            GoldMayBeRounded = true,
        });
    }

    private static bool Same(string gold, string answer, Action<AnswerRules> change)
    {
        MathVerifierOptions options = new();
        change(options.AnswerRules);
        return new MathVerifier(options).Compare(gold, answer).IsCorrect;
    }
}
