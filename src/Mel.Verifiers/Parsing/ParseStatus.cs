namespace Mel.Verifiers.Parsing;

internal enum ParseStatus
{
    Parsed,

    /// <summary>The text does not follow the notation the parser knows.</summary>
    Malformed,

    /// <summary>A budget ran out: characters, tokens, depth or nodes.</summary>
    LimitExceeded,
}
