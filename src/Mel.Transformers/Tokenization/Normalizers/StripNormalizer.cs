namespace Mel.Transformers.Tokenization.Normalizers;

/// <summary>Without white space at the start, at the end, or at both.</summary>
/// <param name="left">At the start.</param>
/// <param name="right">At the end.</param>
internal sealed class StripNormalizer(bool left, bool right) : Normalizer
{
    public override bool MovesStart => left;

    public override ReadOnlySpan<char> Apply(ReadOnlySpan<char> text)
    {
        if (left) text = text.TrimStart();
        return right ? text.TrimEnd() : text;
    }
}
