namespace Mel.Transformers.Expressions;

/// <summary>A step of a compiled expression.</summary>
internal sealed record Instruction(Operation Operation)
{
    /// <summary>The characters that it is about.</summary>
    public CharacterSet? Set { get; init; }

    /// <summary>The fewest characters of a run.</summary>
    public int Least { get; init; }

    /// <summary>The most characters of a run.</summary>
    public int Most { get; init; }

    /// <summary>The place that it asks for.</summary>
    public Place Place { get; init; }

    /// <summary>Whether a condition has to fail.</summary>
    public bool Negative { get; init; }

    /// <summary>Where it goes on: one place of a jump, those of a choice in their order.</summary>
    public int[] Targets { get; set; } = [];

    /// <summary>The characters that each branch of a choice can begin with; null where one can begin with anything or be empty.</summary>
    public CharacterSet?[] Firsts { get; init; } = [];
}

/// <summary>What a step does.</summary>
internal enum Operation
{
    /// <summary>Takes one character of the set.</summary>
    One,

    /// <summary>Takes as many characters of the set as there are, and gives them back one by one.</summary>
    Run,

    /// <summary>Takes as many characters of the set as there are, for good.</summary>
    Atomic,

    /// <summary>Tries one branch after another.</summary>
    Choice,

    /// <summary>Goes on elsewhere.</summary>
    Jump,

    /// <summary>Asks for the next character.</summary>
    Ahead,

    /// <summary>Asks for the previous character.</summary>
    Behind,

    /// <summary>Asks for the place.</summary>
    At,

    /// <summary>Ends the match.</summary>
    Accept,
}
