namespace Mel.Transformers.Chat;

/// <summary>What happens to the text of special tokens inside the content of a message, where a tokenizer would turn it into the tokens themselves: <c>&lt;|im_end|&gt;</c> in a user's question ends the user's turn.</summary>
public enum SpecialTokenText
{
    /// <summary>It stays and becomes the token, as in Hugging Face's library. Right for text that is trusted, and the only choice that reproduces published token ids for every conversation.</summary>
    Allow,

    /// <summary>The conversation is refused with a <see cref="SpecialTokenTextException"/>.</summary>
    Refuse,

    /// <summary>A zero-width space (U+200B) behind its first character makes it plain text that reads the same. Right for questions of unknown origin.</summary>
    Escape,
}
