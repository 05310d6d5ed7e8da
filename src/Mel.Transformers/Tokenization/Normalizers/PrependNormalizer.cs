namespace Mel.Transformers.Tokenization.Normalizers;

/// <summary>A given text before every stretch that is not empty.</summary>
/// <param name="prefix">The text.</param>
internal sealed class PrependNormalizer(string prefix) : Normalizer
{
    public override bool MovesStart => true;

    public override ReadOnlySpan<char> Apply(ReadOnlySpan<char> text) => text.IsEmpty ? text : string.Concat(prefix, text);
}
