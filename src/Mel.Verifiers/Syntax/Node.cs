using Mel.Verifiers.Numbers;
using Mel.Verifiers.Units;

namespace Mel.Verifiers.Syntax;

/// <summary>An immutable node of the expression tree; made by <see cref="Nodes"/>, which folds exact arithmetic while numbers stay small.</summary>
internal sealed class Node
{
    public Node(NodeKind kind, Node[] items, string name, BigRational value, Traits own, int decimals = -1)
    {
        Kind = kind;
        Items = items;
        Name = name;
        Value = value;
        Decimals = decimals;
        Traits = own;
        Depth = 1;
        Size = 1;
        foreach (Node item in items)
        {
            Traits |= item.Traits;
            Depth = Math.Max(Depth, item.Depth + 1);
            Size += item.Size;
        }
    }

    public NodeKind Kind { get; }

    public Node[] Items { get; }

    /// <summary>A symbol, a function, a unit, a text, or the operators of a relation, one character each.</summary>
    public string Name { get; }

    /// <summary>The value of a number, or the column count of a matrix.</summary>
    public BigRational Value { get; }

    /// <summary>Digits after the point of a number written as a decimal; -1 for any other number.</summary>
    public int Decimals { get; }

    public Traits Traits { get; }

    /// <summary>The unit of a quantity; its name holds the key.</summary>
    public Unit? Unit { get; init; }

    /// <summary>Levels below and including this one.</summary>
    public int Depth { get; }

    /// <summary>Nodes below and including this one.</summary>
    public int Size { get; }

    public bool IsNumber => Kind == NodeKind.Number;

    public bool IsScalar => Kind <= NodeKind.Based && (Traits & Traits.Structure) == 0;

    public bool Has(Traits traits) => (Traits & traits) != 0;

    /// <summary>Same form, item by item.</summary>
    public bool SameAs(Node other)
    {
        if (ReferenceEquals(this, other)) return true;
        if (Kind != other.Kind || Items.Length != other.Items.Length || Size != other.Size || Name != other.Name || !Value.Equals(other.Value)) return false;
        for (int i = 0; i < Items.Length; i++)
            if (!Items[i].SameAs(other.Items[i])) return false;
        return true;
    }

    /// <summary>The tree with some leaves or branches replaced; <paramref name="replace"/> returns null to go on below.</summary>
    public Node Rewrite(Func<Node, Node?> replace)
    {
        if (replace(this) is { } replaced) return replaced;
        Node[]? items = null;
        for (int i = 0; i < Items.Length; i++)
        {
            Node item = Items[i].Rewrite(replace);
            if (ReferenceEquals(item, Items[i])) continue;
            items ??= (Node[])Items.Clone();
            items[i] = item;
        }
        return items is null ? this : Nodes.Like(this, items);
    }
}

/// <summary>What a node of the expression tree is.</summary>
internal enum NodeKind
{
    // scalars
    Number, Symbol, Constant, Add, Mul, Pow, Root, Function, Apply, Percent, Degree, PlusMinus, Quantity, BigOperator, Based,

    // structures
    Tuple, Closed, LeftOpen, RightOpen, Open, Set, List, Group, Union, Intersection, Difference, EmptySet, NamedSet, Relation, Matrix, Ratio, Ellipsis,

    /// <summary>Values by cases: a value and its condition in turn; a condition in words is a text.</summary>
    Piecewise,

    // words
    Text, Choice,
}

/// <summary>What occurs in a node and below it. The traits decide which comparison can settle an answer.</summary>
[Flags]
internal enum Traits
{
    None = 0,
    Variables = 1,

    /// <summary>A root, a transcendental constant or function: no exact rational arithmetic.</summary>
    Irrational = 2,
    Imaginary = 4,

    /// <summary>A number written with a decimal point.</summary>
    Decimal = 8,

    /// <summary>Factorials, sums, floors and their like: variables stand for whole numbers.</summary>
    Discrete = 16,

    /// <summary>An integral, a limit, a derivative, an unknown function: compared by form, never computed.</summary>
    Opaque = 32,
    Percent = 64,
    Degree = 128,
    PlusMinus = 256,

    /// <summary>Something that is not a scalar.</summary>
    Structure = 512,

    /// <summary>A logarithm without a base.</summary>
    BareLog = 1024,
    Infinity = 2048,

    /// <summary>A floor, a ceiling or a remainder.</summary>
    Rounding = 4096,

    /// <summary>A unit, a currency or a counted noun.</summary>
    Unit = 8192,
}
