namespace Mel.Transformers.Chat;

/// <summary>The kinds of Qwen3 chat models, which differ in how they reason.</summary>
public enum Qwen3Variant
{
    /// <summary>Reasons or answers at once, by a switch: the models of April 2025 (Qwen3-0.6B to 235B).</summary>
    Hybrid,

    /// <summary>Always reasons: the Thinking models of July 2025. A prompt ends inside an open <c>&lt;think&gt;</c> block.</summary>
    Thinking,

    /// <summary>Never reasons: the Instruct models of July 2025.</summary>
    Instruct,
}
