namespace Mel.Transformers.Python;

/// <summary>
/// What a rendering may use: steps, characters of one text, and calls within calls. Work on values is charged in proportion to what it touches, so that
/// time and memory are bounded whatever a template asks for.
/// </summary>
/// <param name="inputCharacters">Length of what is rendered; the bounds grow with it.</param>
internal sealed class Budget(long inputCharacters = 0)
{
    /// <summary>The most digits of a whole number.</summary>
    public const int MostDigits = 4300;

    private const long BaseSteps = 20_000_000, BaseText = 4 << 20;

    /// <summary>The most calls of macros and recursive loops within each other.</summary>
    private const int MostCalls = 200;

    private readonly long _steps = BaseSteps + inputCharacters;
    private readonly long _longest = Math.Min(BaseText + (inputCharacters * 4), int.MaxValue / 4);

    private long _used;
    private int _calls;

    /// <summary>Counts work.</summary>
    /// <exception cref="PythonException">There was too much of it.</exception>
    public void Charge(long steps)
    {
        _used += steps;
        if (_used > _steps || steps < 0)
            throw new PythonException($"the template takes more than {_steps:N0} steps, the most that are taken for a conversation of this length");
    }

    /// <summary>Counts an item that was written, and holds the length of the text against the bound.</summary>
    public void ChargeItem(long length)
    {
        Charge(1);
        RequireLength(length);
    }

    /// <summary>Counts a text that is made.</summary>
    public void ChargeText(long length)
    {
        RequireLength(length);
        Charge(1 + (length / 8));
    }

    /// <summary>Holds the length of a text against the bound.</summary>
    public void RequireLength(long length)
    {
        if (length > _longest) throw new PythonException($"a text has more than {_longest:N0} characters, the most for a conversation of this length");
    }

    /// <summary>Begins a call; the end of the scope ends it.</summary>
    public CallScope Enter()
    {
        if (_calls == MostCalls) throw new PythonException($"more than {MostCalls} calls of macros or recursive loops lie within each other");
        _calls++;
        return new CallScope(this);
    }

    /// <summary>A call of a macro that is under way.</summary>
    public readonly ref struct CallScope(Budget budget)
    {
        /// <summary>Ends the call.</summary>
        public void Dispose() => budget._calls--;
    }
}
