using System.Globalization;
using System.Text;
using Mel.Transformers.Tokenization;

namespace Mel.Transformers.Tests.Fakes;

/// <summary>Writes every id as a number followed by a space.</summary>
/// <param name="decoding">Called before ids are decoded, on the thread that samples.</param>
internal sealed class NumberTokenizer(Action? decoding = null) : ITokenizer
{
    public IReadOnlyList<int> Encode(string text)
        => [.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(t => int.Parse(t, CultureInfo.InvariantCulture))];

    public string Decode(ReadOnlySpan<int> tokenIds, Span<int> textEnds = default, bool skipSpecialTokens = true)
    {
        decoding?.Invoke();
        var text = new StringBuilder();
        for (int i = 0; i < tokenIds.Length; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"{tokenIds[i]} ");
            if (!textEnds.IsEmpty) textEnds[i] = text.Length;
        }

        return text.ToString();
    }
}
