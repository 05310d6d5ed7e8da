namespace Mel.Transformers.Tokenization.Normalizers;

/// <summary>One change after another.</summary>
/// <param name="parts">The changes.</param>
internal sealed class NormalizerSequence(IReadOnlyList<Normalizer> parts) : Normalizer
{
    public override double Growth => parts.Aggregate(1.0, (growth, part) => growth * part.Growth);

    public override bool NeedsUnicodeData => parts.Any(part => part.NeedsUnicodeData);

    public override bool MovesStart => parts.Any(part => part.MovesStart);

    public override ReadOnlySpan<char> Apply(ReadOnlySpan<char> text)
    {
        foreach (Normalizer part in parts) text = part.Apply(text);
        return text;
    }
}
