namespace Mel.Transformers.Models;

/// <summary>The families of decoder-only models that share the forward pass; they differ in a few switches.</summary>
public enum DecoderFamily
{
    /// <summary>Qwen3: queries and keys are normalized per head.</summary>
    Qwen3,

    /// <summary>Qwen2 and Qwen2.5: the query, key and value projections have a bias.</summary>
    Qwen2,

    /// <summary>Llama 2 and 3.</summary>
    Llama,
}
