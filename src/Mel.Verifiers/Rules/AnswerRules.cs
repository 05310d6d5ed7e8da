namespace Mel.Verifiers.Rules;

/// <summary>What counts as the same answer where mathematics alone does not say.</summary>
public sealed class AnswerRules
{
    /// <summary>How percent signs compare.</summary>
    /// <value>The default is <see cref="PercentRule.SameNumberWhenGoldIsPercent"/>.</value>
    public PercentRule Percent { get; set; } = PercentRule.SameNumberWhenGoldIsPercent;

    /// <summary>How units compare.</summary>
    /// <value>The default is <see cref="UnitRule.SameWhereBothNamed"/>.</value>
    public UnitRule Units { get; set; } = UnitRule.SameWhereBothNamed;

    /// <summary>How a number written in another base compares: <c>52_8</c>.</summary>
    /// <value>The default is <see cref="NumberBaseRule.Value"/>.</value>
    public NumberBaseRule Bases { get; set; } = NumberBaseRule.Value;

    /// <summary>How <c>45^\circ</c> compares outside of trigonometric functions. Inside of one it is always converted to radians.</summary>
    /// <value>The default is <see cref="DegreeRule.SameNumber"/>.</value>
    public DegreeRule Degrees { get; set; } = DegreeRule.SameNumber;

    /// <summary>Whether the elements of a list must come in the same order. The elements of a tuple always must, those of a set never.</summary>
    /// <value>The default is false.</value>
    public bool OrderedLists { get; set; }

    /// <summary>Whether a list that names an element twice equals the list that names it once. For sets this always holds.</summary>
    /// <value>The default is false.</value>
    public bool CollapseDuplicates { get; set; }

    /// <summary>Whether a column vector equals the tuple of its entries.</summary>
    /// <value>The default is true.</value>
    public bool ColumnsAreTuples { get; set; } = true;

    /// <summary>Whether <c>y = x + 1</c> equals <c>f(x) = x + 1</c>.</summary>
    /// <value>The default is true.</value>
    public bool ValueNamesFunction { get; set; } = true;

    /// <summary>Whether variables may be renamed by position: <c>f(x)</c> equals <c>f(y)</c>.</summary>
    /// <value>The default is false.</value>
    public bool RenameVariables { get; set; }

    /// <summary>Whether the case of a variable may differ where neither side uses both cases of the letter: <c>3r^2</c> equals <c>3R^2</c>.</summary>
    /// <value>The default is true.</value>
    public bool IgnoreVariableCase { get; set; } = true;

    /// <summary>
    /// The number n of places after the point to which a decimal must agree with the other value. The error may be at most 10^-n, and at most 10^-n times the
    /// gold.
    /// </summary>
    /// <value>The default is 6.</value>
    public int DecimalPlaces { get; set; } = 6;

    /// <summary>
    /// Whether a rounded gold accepts the exact answer that rounds to it, such as 33.3 and 100/3. The gold must have three significant digits or more, some of
    /// them after the point. An answer that is itself a decimal, or that a finite decimal could write exactly, is not rounded.
    /// </summary>
    /// <value>The default is true.</value>
    public bool GoldMayBeRounded { get; set; } = true;

    internal AnswerRules Copy() => (AnswerRules)MemberwiseClone();
}

/// <summary>How percent signs compare.</summary>
public enum PercentRule
{
    /// <summary>25% equals 0.25 and 1/4. It also equals 25 when the gold is in percent or the question asks for a percentage.</summary>
    SameNumberWhenGoldIsPercent,

    /// <summary>25% equals 0.25 and 1/4 only.</summary>
    SameValue,

    /// <summary>The sign is dropped: 25% equals 25, whoever wrote it.</summary>
    Ignore,
}

/// <summary>How units compare.</summary>
public enum UnitRule
{
    /// <summary>
    /// Where both sides name a unit, the values must agree after conversion, and an unknown unit equals only itself. A unit on one side only is dropped.
    /// </summary>
    SameWhereBothNamed,

    /// <summary>Units are dropped.</summary>
    Ignore,

    /// <summary>Both sides must name the same unit, or neither any.</summary>
    Required,
}

/// <summary>How numbers written in another base compare.</summary>
public enum NumberBaseRule
{
    /// <summary>By value: <c>52_8</c> equals 42 and not 52.</summary>
    Value,

    /// <summary>By value, and the base must be named where the gold names it.</summary>
    SameBase,

    /// <summary>The base is dropped: <c>52_8</c> equals 52.</summary>
    Ignore,
}

/// <summary>How degrees compare outside of trigonometric functions.</summary>
public enum DegreeRule
{
    /// <summary>45 degrees equals 45.</summary>
    SameNumber,

    /// <summary>45 degrees equals 45 and also pi/4.</summary>
    SameNumberOrRadians,

    /// <summary>45 degrees equals pi/4 only.</summary>
    Radians,
}
