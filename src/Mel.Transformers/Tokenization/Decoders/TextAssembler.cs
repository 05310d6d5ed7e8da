namespace Mel.Transformers.Tokenization.Decoders;

/// <summary>Joins tokens into one text. What it has handed out never changes with what follows.</summary>
internal abstract class TextAssembler
{
    /// <summary>Appends a token, which there must be.</summary>
    public abstract void Append(int id);

    /// <summary>Ends the text: what was left open comes out.</summary>
    public abstract void Finish();
}
