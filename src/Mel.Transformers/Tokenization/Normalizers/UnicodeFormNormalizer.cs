using System.Text;

namespace Mel.Transformers.Tokenization.Normalizers;

/// <summary>A Unicode normalization form: <c>NFC</c>, <c>NFD</c>, <c>NFKC</c> or <c>NFKD</c>.</summary>
/// <param name="form">The form.</param>
internal sealed class UnicodeFormNormalizer(NormalizationForm form) : Normalizer
{
    // U+FDFA stands for eighteen characters, the most of all.
    public override double Growth => form is NormalizationForm.FormKC or NormalizationForm.FormKD ? 18 : 4;

    public override bool NeedsUnicodeData => true;

    public override ReadOnlySpan<char> Apply(ReadOnlySpan<char> text)
        => UnicodeText.IsTriviallyNormal(text, form) ? text : UnicodeText.Normalize(text.ToString(), form);
}
