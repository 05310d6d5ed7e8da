using Mel.Transformers.Tokenization.Normalizers;

namespace Mel.Transformers.Tokenization;

/// <summary>An added token and how it is looked for.</summary>
/// <param name="Token">The token.</param>
/// <param name="IsNormalized">Whether it is looked for in the normalized text rather than in the raw one.</param>
/// <param name="StripsLeft">Whether it takes the white space before it.</param>
/// <param name="StripsRight">Whether it takes the white space behind it.</param>
/// <param name="IsWord">Whether it stands only where no letter or digit is next to it.</param>
internal sealed record AddedTokenRule(AddedToken Token, bool IsNormalized, bool StripsLeft, bool StripsRight, bool IsWord)
{
    /// <summary>The text that it is found by and decoded to: its own, or what becomes of that in the normalized text.</summary>
    public string WrittenAs(Normalizer? normalizer)
        => IsNormalized && normalizer is not null ? normalizer.Apply(Token.Text).ToString() : Token.Text;
}
