using System.Security.Cryptography;
using System.Text;
using Mel.Runtime;

namespace Mel.Checkpoints;

/// <summary>
/// The seal of a safetensors file: the SHA-256 of all its bytes, kept as the first string of its metadata. The digest is taken with zeros in its own place. One
/// changed bit anywhere in the file breaks the seal; other readers see one more string in the metadata.
/// </summary>
internal static class SafetensorsSeal
{
    /// <summary>The metadata key of the digest.</summary>
    public const string Key = "sha256";

    /// <summary>What stands in the place of the digest while it is taken.</summary>
    public static readonly string Blank = new('0', 64);

    private static readonly byte[] Lead = Encoding.ASCII.GetBytes($"{{\"__metadata__\":{{\"{Key}\":\"");

    /// <summary>Writes the digest of what was written to its place.</summary>
    /// <param name="stream">The file, complete but for the digest.</param>
    /// <param name="digest">SHA-256 of the file with <see cref="Blank"/> in the place of the digest.</param>
    public static void Close(Stream stream, ReadOnlySpan<byte> digest)
    {
        stream.Position = sizeof(ulong) + Lead.Length;
        stream.Write(Encoding.ASCII.GetBytes(Convert.ToHexStringLower(digest)));
    }

    /// <summary>Reads a whole file and compares it with its seal.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="CheckpointException">The file has no seal, or another digest than the seal says.</exception>
    public static void Verify(string path)
    {
        using FileStream stream = RegularFile.Open(path, (problem, inner) => new CheckpointException(path, null, problem, inner));
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] start = new byte[sizeof(ulong) + Lead.Length + Blank.Length];
        int read = stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        if (read < start.Length || !start.AsSpan(sizeof(ulong)).StartsWith(Lead))
            throw new CheckpointException(
                path, null, $"the file does not begin with the digest of a checkpoint ({read} bytes were read); it is damaged, or not a checkpoint of a run.");
        string recorded = Encoding.ASCII.GetString(start, sizeof(ulong) + Lead.Length, Blank.Length);
        Encoding.ASCII.GetBytes(Blank).CopyTo(start, sizeof(ulong) + Lead.Length);
        hash.AppendData(start);
        byte[] buffer = new byte[1 << 20];
        while ((read = stream.Read(buffer)) > 0) hash.AppendData(buffer, 0, read);
        string found = Convert.ToHexStringLower(hash.GetHashAndReset());
        if (found != recorded)
            throw new CheckpointException(
                path, null,
                $"its {stream.Length} bytes have the digest {found[..16]}..., but {Printable(recorded[..16])}... was recorded; the file is damaged.");
    }

    private static string Printable(string text) => string.Concat(text.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '?'));
}
