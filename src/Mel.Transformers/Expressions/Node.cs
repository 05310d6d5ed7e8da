namespace Mel.Transformers.Expressions;

/// <summary>A part of an expression as it was read.</summary>
internal abstract record Node
{
    /// <summary>Whether it can match nothing at all.</summary>
    public abstract bool IsNullable { get; }

    /// <summary>One character of a set.</summary>
    public sealed record One(Func<int, bool> Contains) : Node
    {
        public override bool IsNullable => false;
    }

    /// <summary>Parts one after another.</summary>
    public sealed record Sequence(IReadOnlyList<Node> Parts) : Node
    {
        public override bool IsNullable => Parts.All(part => part.IsNullable);
    }

    /// <summary>The first of several parts that leads to a match.</summary>
    public sealed record Choice(IReadOnlyList<Node> Parts) : Node
    {
        public override bool IsNullable => Parts.Any(part => part.IsNullable);
    }

    /// <summary>A part several times.</summary>
    /// <param name="Part">The part.</param>
    /// <param name="Least">The fewest times.</param>
    /// <param name="Most">The most times, or <see cref="int.MaxValue"/>.</param>
    /// <param name="Manner">Whether it takes as many as it can, as few as it can, or as many as it can for good.</param>
    public sealed record Repeat(Node Part, int Least, int Most, Manner Manner) : Node
    {
        public override bool IsNullable => Least == 0 || Part.IsNullable;
    }

    /// <summary>A condition on the next or the previous character, which stays where it is.</summary>
    public sealed record Look(Func<int, bool> Contains, bool Behind, bool Negative) : Node
    {
        public override bool IsNullable => true;
    }

    /// <summary>A condition on the place.</summary>
    public sealed record At(Place Place) : Node
    {
        public override bool IsNullable => true;
    }
}

/// <summary>How a repetition chooses among the numbers of times it may take.</summary>
internal enum Manner { Greedy, Lazy, Possessive }

/// <summary>A place in the text.</summary>
internal enum Place { TextStart, TextEnd, LineStart, LineEnd }
