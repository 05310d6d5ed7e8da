namespace Mel.Transformers.Expressions;

/// <summary>
/// Searches one text for the matches of an expression, from left to right, preferring branches as written. It backtracks; once that has cost more steps than
/// text of any language needs, it remembers for every step and place that it led nowhere, which bounds the work for all of the text.
/// </summary>
internal ref struct ExpressionMatcher
{
    private const long StepsPerUnit = 256;

    private readonly ReadOnlySpan<char> _text;
    private readonly Instruction[] _steps;
    private readonly CharacterSet? _first;
    private Frame[] _stack = [];
    private int _depth;
    private long _budget;
    private ulong[]? _seen;      // places of steps, and behind them places inside runs

    /// <summary>Where to go on when a branch leads nowhere.</summary>
    /// <param name="Step">The step: of a run, or of a choice.</param>
    /// <param name="At">The place in the text.</param>
    /// <param name="Rest">The first place that a run may give back to, or the next branch of a choice.</param>
    private readonly record struct Frame(int Step, int At, int Rest);

    /// <summary>Starts a search.</summary>
    public ExpressionMatcher(Expression expression, ReadOnlySpan<char> text)
    {
        _text = text;
        _steps = expression.Steps;
        _first = expression.First;
        _budget = StepsPerUnit * (text.Length + 64L);
    }

    /// <summary>Finds the next match.</summary>
    /// <param name="from">Where the search begins: 0, or the end of the match before.</param>
    /// <param name="start">Where the match starts.</param>
    /// <param name="end">Where it ends.</param>
    public bool TryFind(int from, out int start, out int end)
    {
        if (_seen is not null) Forget(from);
        for (start = from; start < _text.Length; start += char.IsHighSurrogate(_text[start]) ? 2 : 1)
        {
            if (_first is not null)
            {
                start = _first.SkipTo(_text, start);
                if (start == _text.Length) break;
            }
            end = EndOfMatch(start);
            if (end > start) return true;
        }
        end = start;
        return false;
    }

    /// <summary>The end of the match that starts at a place, or -1.</summary>
    private int EndOfMatch(int start)
    {
        _depth = 0;
        int step = 0, at = start;
        while (true)
        {
            if (--_budget < 0 && _seen is null) _seen = new ulong[(2L * _steps.Length * (_text.Length + 1) + 63) / 64];
            Instruction current = _steps[step];
            bool goesOn = _seen is null || !WasSeen(step, at);
            if (goesOn)
            {
                switch (current.Operation)
                {
                    case Operation.Accept:
                        return at;
                    case Operation.Jump:
                        step = current.Targets[0];
                        continue;
                    case Operation.Choice:
                        goesOn = TryBranch(ref step, at, 0);
                        break;
                    case Operation.Run:
                        goesOn = TryRun(current, step, ref at);
                        step++;
                        break;
                    case Operation.Atomic:
                        goesOn = TryAtomic(current, ref at);
                        step++;
                        break;
                    case Operation.One:
                        int length = current.Set!.MatchLength(_text, at);
                        goesOn = length > 0;
                        at += length;
                        step++;
                        break;
                    default:
                        goesOn = Holds(current, at);
                        step++;
                        break;
                }
            }
            if (!goesOn && !TryBack(ref step, ref at)) return -1;
        }
    }

    /// <summary>Goes to the first branch from a given one on that can begin here.</summary>
    private bool TryBranch(ref int step, int at, int branch)
    {
        Instruction choice = _steps[step];
        for (; branch < choice.Targets.Length; branch++)
        {
            if (choice.Firsts[branch] is { } first && first.MatchLength(_text, at) == 0) continue;
            if (branch + 1 < choice.Targets.Length) Push(new Frame(step, at, branch + 1));
            step = choice.Targets[branch];
            return true;
        }
        return false;
    }

    private bool TryRun(Instruction run, int step, ref int at)
    {
        int count = 0, place = at, least = at;
        for (; count < run.Most; count++)
        {
            if (count == run.Least) least = place;
            // Whoever was inside this run at this place before came to nothing, with all that follows.
            if (_seen is not null && count >= run.Least && run.Most == int.MaxValue && WasSeen(_steps.Length + step, place)) break;
            int length = run.Set!.MatchLength(_text, place);
            if (length == 0) break;
            place += length;
            _budget--;
        }
        if (count < run.Least) return false;
        if (count == run.Least) least = place;
        at = place;
        if (place > least) Push(new Frame(step, place, least));
        return true;
    }

    private bool TryAtomic(Instruction run, ref int at)
    {
        int count = 0;
        for (; count < run.Most && run.Set!.MatchLength(_text, at) is > 0 and var length; count++)
        {
            at += length;
            _budget--;
        }
        return count >= run.Least;
    }

    private readonly bool Holds(Instruction condition, int at)
    {
        bool holds = condition.Operation switch
        {
            Operation.Ahead => condition.Set!.MatchLength(_text, at) > 0,
            Operation.Behind => at > 0 && condition.Set!.MatchLength(_text, Before(at)) > 0,
            _ => condition.Place switch
            {
                Place.TextStart => at == 0,
                Place.TextEnd => at == _text.Length,
                Place.LineStart => at == 0 || _text[at - 1] == '\n',
                _ => at == _text.Length || _text[at] == '\n',
            },
        };
        return holds != condition.Negative;
    }

    private bool TryBack(ref int step, ref int at)
    {
        while (_depth > 0)
        {
            Frame frame = _stack[--_depth];
            (step, at) = (frame.Step, frame.At);
            if (_steps[step].Operation == Operation.Choice)
            {
                if (TryBranch(ref step, at, frame.Rest)) return true;
                continue;
            }
            at = Before(at);
            if (at > frame.Rest) Push(frame with { At = at });
            step++;
            return true;
        }
        return false;
    }

    private readonly int Before(int at) => at > 1 && char.IsLowSurrogate(_text[at - 1]) ? at - 2 : at - 1;

    private void Push(Frame frame)
    {
        if (_depth == _stack.Length) Array.Resize(ref _stack, Math.Max(16, 2 * _depth));
        _stack[_depth++] = frame;
    }

    private readonly bool WasSeen(int step, int at)
    {
        long place = (long)step * (_text.Length + 1) + at;
        ref ulong bits = ref _seen![place >> 6];
        ulong bit = 1UL << (int)(place & 63);
        bool seen = (bits & bit) != 0;
        bits |= bit;
        return seen;
    }

    /// <summary>Steps at the end of the last match led to that match, not to nothing.</summary>
    private readonly void Forget(int at)
    {
        for (int step = 0; step < 2 * _steps.Length; step++)
        {
            long place = (long)step * (_text.Length + 1) + at;
            _seen![place >> 6] &= ~(1UL << (int)(place & 63));
        }
    }
}
