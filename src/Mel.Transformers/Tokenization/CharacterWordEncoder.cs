using System.Buffers;
using System.Globalization;
using System.Text;

namespace Mel.Transformers.Tokenization;

/// <summary>
/// Makes the tokens of a word from its characters. A character that is no token becomes the tokens of its UTF-8 bytes (<c>&lt;0x0A&gt;</c>) where the
/// vocabulary has them all and the file asks for it, or the unknown token, or is left out.
/// </summary>
internal sealed class CharacterWordEncoder : WordEncoder
{
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _vocabulary;
    private readonly BytePairModel _model;
    private readonly BytePairMerger _merger;
    private readonly int[] _idOfUnit = new int[char.MaxValue + 1];
    private readonly int[] _idOfByte = new int[256];

    /// <summary>Creates the step.</summary>
    public CharacterWordEncoder(BytePairModel model)
    {
        _model = model;
        _merger = new BytePairMerger(model.Merges);
        _vocabulary = model.Vocabulary.GetAlternateLookup<ReadOnlySpan<char>>();
        Array.Fill(_idOfUnit, -1);
        foreach ((string token, int id) in model.Vocabulary)
        {
            if (token.Length == 1) _idOfUnit[token[0]] = id;
        }
        for (int value = 0; value < 256; value++) _idOfByte[value] = model.ByteFallback ? model.Vocabulary.GetValueOrDefault(Spell(value), -1) : -1;
    }

    /// <summary>The token that stands for a byte.</summary>
    public static string Spell(int value) => string.Create(CultureInfo.InvariantCulture, $"<0x{value:X2}>");

    protected override int Encode(ReadOnlySpan<char> word, List<int> tokens)
    {
        if (_model.IgnoreMerges && _vocabulary.TryGetValue(word, out int whole))
        {
            tokens.Add(whole);
            return 0;
        }
        int[] ids = ArrayPool<int>.Shared.Rent(3 * word.Length);
        (int count, int dropped) = Split(word, ids);
        _merger.Merge(ids.AsSpan(0, count), tokens);
        ArrayPool<int>.Shared.Return(ids);
        return dropped;
    }

    /// <summary>The tokens of the characters, and how many bytes have none.</summary>
    private (int Count, int Dropped) Split(ReadOnlySpan<char> word, Span<int> ids)
    {
        int count = 0, dropped = 0;
        bool unknown = false;       // is open, so that more of the kind can join it
        Span<byte> bytes = stackalloc byte[4];
        for (int at = 0; at < word.Length;)
        {
            Rune.DecodeFromUtf16(word[at..], out Rune rune, out int length);
            int id = length == 1 ? _idOfUnit[word[at]] : _vocabulary.TryGetValue(word.Slice(at, length), out int pair) ? pair : -1;
            at += length;
            if (id >= 0)
            {
                if (unknown) ids[count++] = _model.UnknownId;
                unknown = false;
                ids[count++] = id;
                continue;
            }

            ReadOnlySpan<byte> utf8 = bytes[..rune.EncodeToUtf8(bytes)];
            if (TryBytes(utf8, ids[count..]))
            {
                count += utf8.Length;       // an open unknown token stays open, and comes behind them, as in Hugging Face's library
            }
            else if (_model.UnknownId < 0)
            {
                dropped += utf8.Length;
            }
            else
            {
                if (unknown && !_model.FuseUnknown) ids[count++] = _model.UnknownId;
                unknown = true;
            }
        }
        if (unknown) ids[count++] = _model.UnknownId;
        return (count, dropped);
    }

    private bool TryBytes(ReadOnlySpan<byte> utf8, Span<int> ids)
    {
        for (int i = 0; i < utf8.Length; i++)
        {
            if (_idOfByte[utf8[i]] is not (>= 0 and var id)) return false;
            ids[i] = id;
        }
        return true;
    }
}
