namespace Mel.Transformers.Templates;

/// <summary>How a statement ended.</summary>
internal enum Flow
{
    /// <summary>The next statement follows.</summary>
    Next,

    /// <summary>The loop around it ends.</summary>
    Break,

    /// <summary>The loop around it goes on with its next item.</summary>
    Continue,
}
