namespace Mel.Transformers.Models;

/// <summary>The families of decoder-only models that share the forward pass. What sets one apart is data, which its <c>config.json</c> is mapped to.</summary>
public enum DecoderFamily
{
    /// <summary>Qwen3: queries and keys are normalized per head.</summary>
    Qwen3,

    /// <summary>Qwen2, Qwen2.5 and QwQ: the query, key and value projections have a bias.</summary>
    Qwen2,

    /// <summary>Llama 2 and 3, and what was built like them: SmolLM2, TinyLlama, DeepSeek-R1-Distill-Llama.</summary>
    Llama,

    /// <summary>Mistral 7B, Nemo and Small: a Llama, of which some releases see only a window of the last tokens.</summary>
    Mistral,

    /// <summary>SmolLM3: every few layers one leaves queries and keys as they are, without rotation.</summary>
    SmolLm3,

    /// <summary>OLMo 2: blocks are normalized behind them and not before; queries and keys are normalized over all heads at once.</summary>
    Olmo2,

    /// <summary>OLMo 3: an OLMo 2 most of whose layers see a window.</summary>
    Olmo3,

    /// <summary>Phi-3, Phi-3.5, Phi-4 and Phi-4-mini: query, key and value are stored as one matrix, and so are gate and up.</summary>
    Phi3,

    /// <summary>Granite 3: a Llama with factors on embedding, attention, blocks and logits.</summary>
    Granite,

    /// <summary>Gemma 2: norms on both sides of a block, bounded attention scores and logits, a window in every second layer.</summary>
    Gemma2,

    /// <summary>Gemma 3, the models of text: norms on both sides of a block, and layers with a window that rotate by a base of their own.</summary>
    Gemma3,
}
