namespace Mel.Runtime;

/// <summary>What a path leads to.</summary>
internal enum FileKind
{
    /// <summary>Bytes on a disk.</summary>
    Regular,

    /// <summary>Nothing, or nothing that may be asked for.</summary>
    Nothing,

    /// <summary>A folder.</summary>
    Folder,

    /// <summary>A named pipe: opening it waits for a writer.</summary>
    Pipe,

    /// <summary>A device such as <c>/dev/zero</c>.</summary>
    Device,

    /// <summary>A socket, or a kind that is not known here.</summary>
    Other,
}
