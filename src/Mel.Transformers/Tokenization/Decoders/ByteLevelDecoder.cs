using System.Text;

namespace Mel.Transformers.Tokenization.Decoders;

/// <summary>Tokens that spell bytes in the byte-level alphabet; together the bytes are the UTF-8 form of the text.</summary>
internal sealed class ByteLevelDecoder : TokenDecoder
{
    private readonly byte[]?[] _bytes;
    private readonly string?[] _texts;       // of each id whose bytes are whole characters

    /// <summary>Creates a decoder.</summary>
    /// <param name="tokens">The token of each id, or null where there is none.</param>
    public ByteLevelDecoder(IReadOnlyList<string?> tokens)
    {
        _bytes = new byte[]?[tokens.Count];
        _texts = new string?[tokens.Count];
        for (int id = 0; id < tokens.Count; id++)
        {
            if (tokens[id] is not { } token) continue;
            byte[] bytes = _bytes[id] = ByteLevelAlphabet.ToBytes(token);
            if (System.Text.Unicode.Utf8.IsValid(bytes)) _texts[id] = Encoding.UTF8.GetString(bytes);
        }
    }

    public override bool HasToken(int id) => (uint)id < (uint)_bytes.Length && _bytes[id] is not null;

    public override TextAssembler Begin(StringBuilder text) => new Assembler(this, text);

    private sealed class Assembler(ByteLevelDecoder decoder, StringBuilder text) : TextAssembler
    {
        private Utf8Assembler _utf8 = new(text);

        public override void Append(int id)
        {
            if (decoder._texts[id] is { } whole) _utf8.Append(whole);
            else _utf8.Append(decoder._bytes[id]);
        }

        public override void Finish() => _utf8.Finish();
    }
}
