namespace Mel.Runtime;

/// <summary>Recognizes by its first bytes what often lies where another file is expected, so that an error can say what it is and what to do.</summary>
internal static class ForeignContent
{
    /// <summary>What the content is, as the rest of a sentence on the file, or null for anything else.</summary>
    /// <param name="begin">The first bytes of the file, 64 or more where it has as many.</param>
    public static string? NameOf(ReadOnlySpan<byte> begin)
    {
        if (begin.StartsWith("version https://git-lfs"u8))
            return "it is a Git LFS pointer and not the file itself; run 'git lfs pull' in its folder, or download the file.";
        if (begin.StartsWith("GGUF"u8)) return "it is a GGUF file, which is not read; use the checkpoint as safetensors in bfloat16, float16 or float32.";
        if (begin.StartsWith("PK\u0003\u0004"u8) || begin is [0x80, >= 2 and <= 5, ..])
            return "it is an archive or a pickle, as PyTorch's .bin files are, and those are never opened; use the checkpoint as safetensors.";
        if (begin is [0x1F, 0x8B, ..]) return "it is compressed by gzip; unpack it first.";
        ReadOnlySpan<byte> text = begin.StartsWith("\uFEFF"u8) ? begin[3..] : begin;
        text = text.TrimStart(" \t\r\n"u8);
        if (text is [(byte)'<', ..])
            return "it is a web page or other markup, probably the answer of a server that asks for a login or has no such file; download it again.";
        bool isAnswer = text.StartsWith("Entry not found"u8) || text.StartsWith("Access to model"u8) || text.StartsWith("Invalid credentials"u8)
            || text.StartsWith("Repository not found"u8);
        if (isAnswer) return "it is the answer of a server that did not give the file, since it asks for a login or has no such file; download it again.";
        return null;
    }
}
