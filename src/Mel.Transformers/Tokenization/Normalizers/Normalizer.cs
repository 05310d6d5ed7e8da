namespace Mel.Transformers.Tokenization.Normalizers;

/// <summary>A change of a stretch of text before it is split into words.</summary>
internal abstract class Normalizer
{
    /// <summary>How many characters one character may become at most.</summary>
    public virtual double Growth => 1;

    /// <summary>Whether it needs the platform's Unicode data.</summary>
    public virtual bool NeedsUnicodeData => false;

    /// <summary>Whether it can remove text at the start, or add some that was not there.</summary>
    public virtual bool MovesStart => false;

    /// <summary>The changed text: the given characters themselves where nothing changes.</summary>
    /// <param name="text">Well-formed UTF-16.</param>
    public abstract ReadOnlySpan<char> Apply(ReadOnlySpan<char> text);
}
