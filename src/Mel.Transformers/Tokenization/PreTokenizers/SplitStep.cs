using Mel.Transformers.Expressions;

namespace Mel.Transformers.Tokenization.PreTokenizers;

/// <summary>Cuts a piece at the matches of an expression.</summary>
/// <param name="pattern">The expression.</param>
/// <param name="behavior">What becomes of the matches.</param>
/// <param name="invert">Whether what lies between the matches counts as a match, and the matches as what lies between.</param>
/// <param name="next">The next step.</param>
internal sealed class SplitStep(Expression pattern, SplitBehavior behavior, bool invert, PieceStep next) : PieceStep
{
    public override void Accept(ReadOnlySpan<char> piece, bool isFirst, List<int> tokens)
    {
        var cutter = new Cutter(piece, isFirst, behavior, next, tokens);
        ExpressionMatcher matches = pattern.Matches(piece);
        int at = 0;
        while (matches.TryFind(at, out int start, out int end))
        {
            if (start > at) cutter.Add(at, start, invert);
            cutter.Add(start, end, !invert);
            at = end;
        }
        if (at < piece.Length) cutter.Add(at, piece.Length, invert);
        cutter.Finish();
    }

    /// <summary>Hands parts on once it is clear that they grow no more.</summary>
    private ref struct Cutter(ReadOnlySpan<char> piece, bool isFirst, SplitBehavior behavior, PieceStep next, List<int> tokens)
    {
        private readonly ReadOnlySpan<char> _piece = piece;
        private int _start, _end;       // the open part, when it is not empty
        private bool _isMatch;          // what was added last

        /// <summary>Adds the part that follows the one added before.</summary>
        public void Add(int start, int end, bool isMatch)
        {
            bool grows = behavior switch
            {
                SplitBehavior.Contiguous => isMatch == _isMatch,
                SplitBehavior.MergedWithPrevious => isMatch && !_isMatch,
                SplitBehavior.MergedWithNext => !isMatch && _isMatch,
                _ => false,
            };
            if (!grows || _end == _start)
            {
                Finish();
                _start = start;
            }
            _end = end;
            _isMatch = isMatch;
            if (isMatch && behavior == SplitBehavior.Removed) _start = _end;
        }

        /// <summary>Hands on what is open.</summary>
        public void Finish()
        {
            if (_end > _start) next.Accept(_piece[_start.._end], isFirst && _start == 0, tokens);
            _start = _end;
        }
    }
}

/// <summary>What becomes of the matches that a piece is cut at.</summary>
internal enum SplitBehavior
{
    /// <summary>They fall away.</summary>
    Removed,

    /// <summary>Each is a piece of its own.</summary>
    Isolated,

    /// <summary>Each ends the piece before it.</summary>
    MergedWithPrevious,

    /// <summary>Each begins the piece behind it.</summary>
    MergedWithNext,

    /// <summary>Neighbors are one piece.</summary>
    Contiguous,
}
