namespace Mel.Verifiers;

/// <summary>What counts as the same answer where mathematics alone does not say.</summary>
public sealed class AnswerPolicies
{
    /// <summary>How percent signs compare.</summary>
    /// <value>The default is <see cref="PercentPolicy.SameNumberWhenGoldIsPercent"/>.</value>
    public PercentPolicy Percent { get; set; } = PercentPolicy.SameNumberWhenGoldIsPercent;

    /// <summary>How units compare.</summary>
    /// <value>The default is <see cref="UnitPolicy.SameWhereBothNamed"/>.</value>
    public UnitPolicy Units { get; set; } = UnitPolicy.SameWhereBothNamed;

    /// <summary>How a number written in another base compares: <c>52_8</c>.</summary>
    /// <value>The default is <see cref="BasePolicy.Value"/>.</value>
    public BasePolicy Bases { get; set; } = BasePolicy.Value;

    /// <summary>How <c>45^\circ</c> compares outside of trigonometric functions, inside of which it is always converted.</summary>
    /// <value>The default is <see cref="DegreePolicy.SameNumber"/>.</value>
    public DegreePolicy Degrees { get; set; } = DegreePolicy.SameNumber;

    /// <summary>Whether the elements of a list must come in the same order. The elements of a tuple always must, those of a set never.</summary>
    /// <value>The default is false.</value>
    public bool OrderedLists { get; set; }

    /// <summary>Whether a list that names an element twice equals the list that names it once. In a set it always does.</summary>
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

    /// <summary>Places n after the point to which a decimal must agree with the other value, absolutely and relatively: an error of at most 10^-n, and of 10^-n
    /// times the gold.</summary>
    /// <value>The default is 6.</value>
    public int DecimalPlaces { get; set; } = 6;

    /// <summary>
    /// Whether a gold of three significant digits or more, with digits after the point, accepts an exact answer that rounds to it, such as 33.3 and 100/3.
    /// An answer that is itself a decimal, or that a finite decimal could write exactly, is not rounded.
    /// </summary>
    /// <value>The default is true.</value>
    public bool GoldMayBeRounded { get; set; } = true;

    internal AnswerPolicies Copy() => (AnswerPolicies)MemberwiseClone();
}
