namespace Mel.Verifiers.Parsing;

/// <summary>A token of an answer: its kind, its meaning where the kind alone does not tell, and where it stands in the normalized text.</summary>
internal readonly record struct Token(TokenKind Kind, string Text, int Start, int End, bool SpaceBefore);

/// <summary>What a token is.</summary>
internal enum TokenKind
{
    End, Number, Symbol, Constant, Function, Word, Text, Unknown,
    Plus, Minus, Times, Slash, Divide, Modulo, PlusMinus, MinusPlus,
    Caret, Underscore, Bang, Percent, Degree, Prime,
    Relation, Comma, ThousandsComma, Semicolon, Colon, And, Or, Such,
    OpenParen, CloseParen, OpenBracket, CloseBracket, OpenGroup, CloseGroup, OpenSet, CloseSet,
    Bar, OpenBar, CloseBar, OpenFloor, CloseFloor, OpenCeil, CloseCeil,
    Union, Intersection, Difference, EmptySet, NamedSet, Ellipsis,
    Fraction, Root, Binomial, Choose, Sum, Integral, Limit, Begin, EndEnvironment, Ampersand, RowBreak,
    Decoration, Transparent, Operator, Prefix, Styled, Currency, Wide,
}
