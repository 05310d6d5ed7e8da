namespace Mel.Verifiers.Syntax;

/// <summary>What a node of the expression tree is.</summary>
internal enum NodeKind
{
    // scalars
    Number, Symbol, Constant, Add, Mul, Pow, Root, Function, Apply, Percent, Degree, PlusMinus, Quantity, BigOperator, Based,

    // structures
    Tuple, Closed, LeftOpen, RightOpen, Open, Set, List, Group, Union, Intersection, Difference, EmptySet, NamedSet, Relation, Matrix, Ratio, Ellipsis,

    // words
    Text, Choice,
}
