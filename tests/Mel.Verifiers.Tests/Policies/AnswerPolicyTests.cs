namespace Mel.Verifiers.Tests.Policies;

/// <summary>Every policy: its default, and what changing it changes.</summary>
[TestFixture]
public sealed class AnswerPolicyTests
{
    [TestCase("35\\%", "35", PercentPolicy.SameNumberWhenGoldIsPercent, ExpectedResult = true)]
    [TestCase("35\\%", "0.35", PercentPolicy.SameNumberWhenGoldIsPercent, ExpectedResult = true)]
    [TestCase("35", "35\\%", PercentPolicy.SameNumberWhenGoldIsPercent, ExpectedResult = false)]
    [TestCase("0.35", "35\\%", PercentPolicy.SameNumberWhenGoldIsPercent, ExpectedResult = true)]
    [TestCase("35\\%", "3.5", PercentPolicy.SameNumberWhenGoldIsPercent, ExpectedResult = false)]
    [TestCase("35\\%", "35", PercentPolicy.SameValue, ExpectedResult = false)]
    [TestCase("35\\%", "\\frac{7}{20}", PercentPolicy.SameValue, ExpectedResult = true)]
    [TestCase("35", "35\\%", PercentPolicy.Ignore, ExpectedResult = true)]
    [TestCase("0.35", "35\\%", PercentPolicy.Ignore, ExpectedResult = false)]
    public bool Percent_EachPolicy_Decides(string gold, string answer, PercentPolicy policy) => Same(gold, answer, p => p.Percent = policy);

    [Test]
    public void Percent_QuestionAsksForPercent_AcceptsTheSignOnTheAnswerAlone()
    {
        MathVerifier verifier = new();
        verifier.Compare("35", "35\\%", "What percent of the class passed?").IsCorrect.Should().BeTrue();
        verifier.Compare("35", "35\\%", "How many pupils passed?").IsCorrect.Should().BeFalse();
    }

    [TestCase("30 \\text{ km}", "30 \\text{ kilometers}", UnitPolicy.SameWhereBothNamed, ExpectedResult = true)]
    [TestCase("30 \\text{ km}", "30 \\text{ miles}", UnitPolicy.SameWhereBothNamed, ExpectedResult = false)]
    [TestCase("30 \\text{ km}", "30", UnitPolicy.SameWhereBothNamed, ExpectedResult = true)]
    [TestCase("30", "30 apples", UnitPolicy.SameWhereBothNamed, ExpectedResult = true)]
    [TestCase("30 \\text{ km}", "30 \\text{ miles}", UnitPolicy.Ignore, ExpectedResult = true)]
    [TestCase("30 \\text{ km}", "30", UnitPolicy.Required, ExpectedResult = false)]
    [TestCase("7w", "7", UnitPolicy.Ignore, ExpectedResult = false)]
    [TestCase("12 \\text{ ft}^2", "12 \\text{ square feet}", UnitPolicy.Required, ExpectedResult = true)]
    [TestCase("12 \\text{ ft}^2", "12 \\text{ ft}^3", UnitPolicy.SameWhereBothNamed, ExpectedResult = false)]
    public bool Units_EachPolicy_Decides(string gold, string answer, UnitPolicy policy) => Same(gold, answer, p => p.Units = policy);

    [TestCase("31_4", "13", BasePolicy.Value, ExpectedResult = true)]
    [TestCase("31_4", "31", BasePolicy.Value, ExpectedResult = false)]
    [TestCase("31_4", "31_{\\text{four}}", BasePolicy.SameBase, ExpectedResult = true)]
    [TestCase("31_4", "13", BasePolicy.SameBase, ExpectedResult = false)]
    [TestCase("31_4", "31_5", BasePolicy.Value, ExpectedResult = false)]
    [TestCase("31_4", "31", BasePolicy.Ignore, ExpectedResult = true)]
    public bool Bases_EachPolicy_Decides(string gold, string answer, BasePolicy policy) => Same(gold, answer, p => p.Bases = policy);

    [TestCase("30^\\circ", "30", DegreePolicy.SameNumber, ExpectedResult = true)]
    [TestCase("30^\\circ", "\\frac{\\pi}{6}", DegreePolicy.SameNumber, ExpectedResult = false)]
    [TestCase("30^\\circ", "\\frac{\\pi}{6}", DegreePolicy.SameNumberOrRadians, ExpectedResult = true)]
    [TestCase("30^\\circ", "30", DegreePolicy.SameNumberOrRadians, ExpectedResult = true)]
    [TestCase("30^\\circ", "30", DegreePolicy.Radians, ExpectedResult = false)]
    [TestCase("\\cos 60^\\circ", "\\frac12", DegreePolicy.SameNumber, ExpectedResult = true)]
    public bool Degrees_EachPolicy_Decides(string gold, string answer, DegreePolicy policy) => Same(gold, answer, p => p.Degrees = policy);

    [TestCase("4, 7, 9", "9, 4, 7", false, ExpectedResult = true)]
    [TestCase("4, 7, 9", "9, 4, 7", true, ExpectedResult = false)]
    [TestCase("4, 7, 9", "4, 7, 9", true, ExpectedResult = true)]
    [TestCase("(4, 7)", "(7, 4)", false, ExpectedResult = false)]
    [TestCase("\\{4, 7\\}", "\\{7, 4\\}", true, ExpectedResult = true)]
    public bool Order_OfListsTuplesAndSets_Decides(string gold, string answer, bool ordered) => Same(gold, answer, p => p.OrderedLists = ordered);

    [TestCase("3, 3, 8", "3, 8", false, ExpectedResult = false)]
    [TestCase("3, 3, 8", "3, 8", true, ExpectedResult = true)]
    [TestCase("3, 3, 8", "8, 3, 3", false, ExpectedResult = true)]
    [TestCase("\\{3, 3, 8\\}", "\\{3, 8\\}", false, ExpectedResult = true)]
    public bool Duplicates_InListsAndSets_Decide(string gold, string answer, bool collapse) => Same(gold, answer, p => p.CollapseDuplicates = collapse);

    [TestCase(true, ExpectedResult = true)]
    [TestCase(false, ExpectedResult = false)]
    public bool Columns_AgainstTuples_Decide(bool allowed) => Same("\\begin{pmatrix} 6 \\\\ 7 \\end{pmatrix}", "(6, 7)", p => p.ColumnsAreTuples = allowed);

    [TestCase(true, ExpectedResult = true)]
    [TestCase(false, ExpectedResult = false)]
    public bool ValueNames_AgainstFunctions_Decide(bool allowed) => Same("h(t) = 4t - 1", "y = 4t - 1", p => p.ValueNamesFunction = allowed);

    [TestCase(true, ExpectedResult = true)]
    [TestCase(false, ExpectedResult = false)]
    public bool VariableNames_RenamedByPosition_Decide(bool allowed) => Same("5a + 2b", "5u + 2v", p => p.RenameVariables = allowed);

    [TestCase("7K^3", "7k^3", true, ExpectedResult = true)]
    [TestCase("7K^3", "7k^3", false, ExpectedResult = false)]
    [TestCase("R + r", "r + r", true, ExpectedResult = false)]
    public bool VariableCase_Differs_Decides(string gold, string answer, bool ignore) => Same(gold, answer, p => p.IgnoreVariableCase = ignore);

    [TestCase("\\frac{5}{7}", "0.714286", 6, ExpectedResult = true)]
    [TestCase("\\frac{5}{7}", "0.714", 6, ExpectedResult = false)]
    [TestCase("\\frac{5}{7}", "0.714", 3, ExpectedResult = true)]
    [TestCase("\\sqrt{7}", "2.645751", 6, ExpectedResult = true)]
    [TestCase("\\sqrt{7}", "2.6458", 6, ExpectedResult = false)]
    [TestCase("0", "0.0000002", 6, ExpectedResult = false)]
    [TestCase("0.0000005", "0.0000004", 6, ExpectedResult = false)]
    [TestCase("812.4", "812.44", 6, ExpectedResult = false)]
    public bool Decimals_ToSoManyPlaces_Decide(string gold, string answer, int places) => Same(gold, answer, p => p.DecimalPlaces = places);

    [TestCase("66.7", "\\frac{200}{3}", true, ExpectedResult = true)]
    [TestCase("66.7", "\\frac{200}{3}", false, ExpectedResult = false)]
    [TestCase("0.7", "\\frac{2}{3}", true, ExpectedResult = false)]
    [TestCase("66.7", "66.66", true, ExpectedResult = false)]
    [TestCase("1.50", "\\frac{1501}{1000}", true, ExpectedResult = false)]
    [TestCase("3.317", "\\sqrt{11}", true, ExpectedResult = true)]
    public bool RoundedGold_ExactAnswer_Decides(string gold, string answer, bool allowed) => Same(gold, answer, p => p.GoldMayBeRounded = allowed);

    [Test]
    public void Defaults_AreTheDocumentedOnes()
    {
        AnswerPolicies policies = new();
        policies.Should().BeEquivalentTo(new
        {
            Percent = PercentPolicy.SameNumberWhenGoldIsPercent,
            Units = UnitPolicy.SameWhereBothNamed,
            Bases = BasePolicy.Value,
            Degrees = DegreePolicy.SameNumber,
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

    private static bool Same(string gold, string answer, Action<AnswerPolicies> change)
    {
        MathVerifierOptions options = new();
        change(options.Policies);
        return new MathVerifier(options).Compare(gold, answer).IsCorrect;
    }
}
