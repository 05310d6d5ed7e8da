namespace Mel.Transformers.Templates;

/// <summary>What a piece of a template is.</summary>
internal enum TokenKind
{
    /// <summary>Text that is written as it stands.</summary>
    Data,

    /// <summary>The begin of an expression that is written.</summary>
    VariableBegin,

    /// <summary>Its end.</summary>
    VariableEnd,

    /// <summary>The begin of a statement.</summary>
    BlockBegin,

    /// <summary>Its end.</summary>
    BlockEnd,

    /// <summary>A name or a keyword.</summary>
    Name,

    /// <summary>A text in quotation marks.</summary>
    Text,

    /// <summary>A whole number.</summary>
    Integer,

    /// <summary>A floating-point number.</summary>
    Float,

    /// <summary>An operator, a bracket or a separator.</summary>
    Operator,

    /// <summary>The end of the template.</summary>
    End,
}

/// <summary>A piece of a template.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">Its characters; of a text in quotation marks what they mean.</param>
/// <param name="Position">Where it begins.</param>
internal readonly record struct Token(TokenKind Kind, string Text, int Position)
{
    /// <summary>Whether it is a certain name.</summary>
    public bool IsName(string name) => Kind == TokenKind.Name && Text == name;

    /// <summary>Whether it is a certain operator.</summary>
    public bool IsOperator(string sign) => Kind == TokenKind.Operator && Text == sign;

    public override string ToString() => Kind switch
    {
        TokenKind.End => "the end of the template",
        TokenKind.BlockEnd => "the end of the statement",
        TokenKind.VariableEnd => "the end of the expression",
        _ => Runtime.Excerpt.Quoted(Text),
    };
}
