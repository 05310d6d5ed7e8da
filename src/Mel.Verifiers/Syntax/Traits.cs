namespace Mel.Verifiers.Syntax;

/// <summary>What occurs anywhere below a node; decides which comparison can settle it.</summary>
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
