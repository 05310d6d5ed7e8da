using System.Text;
using Mel.Transformers.Expressions;

namespace Mel.Transformers.Tokenization.Normalizers;

/// <summary>One text in place of all that an expression matches.</summary>
/// <param name="pattern">The expression.</param>
/// <param name="content">The text.</param>
internal sealed class ReplaceNormalizer(Expression pattern, string content) : Normalizer
{
    public override double Growth => Math.Max(1, content.Length);

    public override bool MovesStart => content.Length == 0;

    public override ReadOnlySpan<char> Apply(ReadOnlySpan<char> text)
    {
        ExpressionMatcher matches = pattern.Matches(text);
        StringBuilder? changed = null;
        int at = 0;
        while (matches.TryFind(at, out int start, out int end))
        {
            changed ??= new StringBuilder(text.Length + content.Length);
            changed.Append(text[at..start]).Append(content);
            at = end;
        }
        return changed is null ? text : changed.Append(text[at..]).ToString();
    }
}
