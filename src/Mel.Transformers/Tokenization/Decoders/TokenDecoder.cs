using System.Text;

namespace Mel.Transformers.Tokenization.Decoders;

/// <summary>The way from tokens back to text.</summary>
internal abstract class TokenDecoder
{
    /// <summary>Begins a text.</summary>
    /// <param name="text">Receives what is certain.</param>
    public abstract TextAssembler Begin(StringBuilder text);

    /// <summary>Whether an id has a token.</summary>
    public abstract bool HasToken(int id);
}
