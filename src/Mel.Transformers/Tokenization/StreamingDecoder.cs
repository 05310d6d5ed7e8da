using System.Runtime.InteropServices;
using System.Text;
using Mel.Transformers.Tokenization.Decoders;

namespace Mel.Transformers.Tokenization;

/// <summary>
/// Turns tokens into text as they are sampled. A character that is spread over several tokens appears once it is complete, so the pieces joined are the text
/// that <see cref="ITokenizer.Decode"/> gives for all tokens at once. One instance serves one sequence on one thread.
/// </summary>
/// <param name="tokenizer">The tokenizer.</param>
/// <param name="skipSpecialTokens">Whether tokens marked as special leave no text.</param>
public sealed class StreamingDecoder(ITokenizer tokenizer, bool skipSpecialTokens = true)
{
    // A tokenizer of a file hands its text out by itself.
    private readonly HuggingFaceTokenizer? _known = tokenizer as HuggingFaceTokenizer;
    private readonly StringBuilder _text = new();
    private TextAssembler? _assembler;

    // The tokens that hold the open character, and how much of their text has been handed out already.
    private readonly List<int> _open = [];
    private int _handedOut;

    /// <summary>Takes the next token and returns the text that is certain by now, which may be empty.</summary>
    /// <param name="tokenId">The token's id.</param>
    public string Append(int tokenId)
    {
        if (_known is not null)
        {
            if (!_known.LeavesText(tokenId, skipSpecialTokens)) return "";
            _assembler ??= _known.BeginText(_text);
            _assembler.Append(tokenId);
            return TakeText();
        }

        // A token without text must not pile up behind an open character.
        if (_open.Count > 0 && tokenizer.Decode([tokenId], default, skipSpecialTokens).Length == 0) return "";
        _open.Add(tokenId);
        var ends = new int[_open.Count];
        string text = tokenizer.Decode(CollectionsMarshal.AsSpan(_open), ends, skipSpecialTokens);
        int certain = ends[^1];
        string piece = text[_handedOut..certain];
        _handedOut = certain;
        if (certain == text.Length) Clear();
        else DropSettled(ends);
        return piece;
    }

    /// <summary>
    /// Ends the sequence: an open character, which no token can complete any more, comes out as U+FFFD. The decoder is ready for another sequence.
    /// </summary>
    public string Finish()
    {
        if (_known is not null)
        {
            _assembler?.Finish();
            _assembler = null;
            return TakeText();
        }

        string rest = tokenizer.Decode(CollectionsMarshal.AsSpan(_open), default, skipSpecialTokens)[_handedOut..];
        Clear();
        return rest;
    }

    private string TakeText()
    {
        string text = _text.ToString();
        _text.Clear();
        return text;
    }

    private void Clear()
    {
        _open.Clear();
        _handedOut = 0;
    }

    /// <summary>
    /// Forgets tokens whose text is complete and handed out, so that the work per token stays constant over bytes that never become a character.
    /// </summary>
    private void DropSettled(ReadOnlySpan<int> ends)
    {
        int settled = ends.IndexOf(ends[^1]);
        if (settled == 0) return;
        _open.RemoveRange(0, settled);
        var rest = new int[_open.Count];
        tokenizer.Decode(CollectionsMarshal.AsSpan(_open), rest, skipSpecialTokens);
        _handedOut = rest[^1];
    }
}
