using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Mel.Runtime;

/// <content>
/// What a path leads to, asked without opening it. .NET tells files from folders only, so Linux itself is asked; where that is not possible, what cannot be
/// sought in counts as a pipe once it is open.
/// </content>
internal static partial class RegularFile
{
    private const int CurrentFolder = -100;      // AT_FDCWD
    private const int OfTheHandle = 0x1000;      // AT_EMPTY_PATH
    private const uint TypeOnly = 1;             // STATX_TYPE
    private const int ResultBytes = 256;         // sizeof(struct statx)
    private const int ModeOffset = 28;           // offsetof(struct statx, stx_mode)
    private const int NoSuchFile = 2, NotAFolder = 20, TooManyLinks = 40;        // ENOENT, ENOTDIR, ELOOP

    private static FileKind KindOf(string path)
    {
        if (Ask(CurrentFolder, Path.GetFullPath(path), 0) is { } kind) return kind;
        return Directory.Exists(path) ? FileKind.Folder : File.Exists(path) ? FileKind.Regular : FileKind.Nothing;
    }

    private static FileKind KindOf(FileStream stream)
        => Ask((int)stream.SafeFileHandle.DangerousGetHandle(), "", OfTheHandle) ?? (stream.CanSeek ? FileKind.Regular : FileKind.Pipe);

    /// <summary>The kind as Linux says, or null where it does not.</summary>
    private static FileKind? Ask(int folder, string path, int flags)
    {
        if (!OperatingSystem.IsLinux()) return null;
        Span<byte> result = stackalloc byte[ResultBytes];
        try
        {
            if (Statx(folder, path, flags, TypeOnly, ref MemoryMarshal.GetReference(result)) != 0)
                return Marshal.GetLastPInvokeError() is NoSuchFile or NotAFolder or TooManyLinks ? FileKind.Nothing : null;
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            return null;
        }

        return (BinaryPrimitives.ReadUInt16LittleEndian(result[ModeOffset..]) & 0xF000) switch
        {
            0x8000 => FileKind.Regular,
            0x4000 => FileKind.Folder,
            0x1000 => FileKind.Pipe,
            0x2000 or 0x6000 => FileKind.Device,
            _ => FileKind.Other,
        };
    }

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Statx(int folder, string path, int flags, uint mask, ref byte result);
}
