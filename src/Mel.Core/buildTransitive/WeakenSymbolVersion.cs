// Compiled by MSBuild (RoslynCodeTaskFactory) inside the build of an application that uses Mel.Core; not part of the library.
using System;
using System.IO;
using System.Linq;
using System.Text;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

/// <summary>Sets VER_FLG_WEAK on one needed symbol version of an ELF64 little-endian shared library, in a fresh copy that replaces the file.</summary>
public class MelWeakenSymbolVersion : Task
{
    private const int SectionTypeVersionNeed = 0x6ffffffe;   // SHT_GNU_verneed
    private const int WeakFlag = 2;                          // VER_FLG_WEAK

    public string File { get; set; }
    public string SymbolVersion { get; set; }
    public bool Always { get; set; }

    public override bool Execute()
    {
        if (!Always && SystemOffers(SymbolVersion)) return true;
        byte[] elf = System.IO.File.ReadAllBytes(File);
        int flags;
        try { flags = FindFlags(elf); }
        catch (Exception e) when (e is ArgumentException || e is IndexOutOfRangeException || e is OverflowException)
        {
            Log.LogWarning("Mel: {0} is not an ELF file this build can read ({1}); it is left as it is.", File, e.Message);
            return true;
        }
        if (flags < 0 || (elf[flags] & WeakFlag) != 0) return true;
        elf[flags] |= WeakFlag;
        // Never write through the existing name: it may be a hard link into the package cache.
        string fresh = File + ".mel.tmp";
        System.IO.File.WriteAllBytes(fresh, elf);
        System.IO.File.Delete(File);
        System.IO.File.Move(fresh, File);
        Log.LogMessage(MessageImportance.Normal, "Mel: marked the need for {0} in {1} as weak; this system's libstdc++ is older.", SymbolVersion, File);
        return true;
    }

    private static bool SystemOffers(string version)
    {
        var folders = new[]
        {
            "/lib/x86_64-linux-gnu", "/usr/lib/x86_64-linux-gnu", "/usr/lib64", "/lib64", "/usr/lib", "/lib/aarch64-linux-gnu", "/usr/lib/aarch64-linux-gnu",
        };
        byte[] wanted = Encoding.ASCII.GetBytes(version + "\0");
        var found = folders.Select(f => Path.Combine(f, "libstdc++.so.6")).Where(System.IO.File.Exists).ToList();
        return found.Count == 0 || found.Any(f => IndexOf(System.IO.File.ReadAllBytes(f), wanted) >= 0);
    }

    /// <summary>Offset of the low byte of vna_flags of the wanted version; -1 when the file does not ask for it.</summary>
    private int FindFlags(byte[] elf)
    {
        if (elf.Length < 64 || elf[0] != 0x7f || elf[1] != 'E' || elf[2] != 'L' || elf[3] != 'F' || elf[4] != 2 || elf[5] != 1)
            throw new ArgumentException("not ELF64 little-endian");
        long sections = BitConverter.ToInt64(elf, 0x28);
        int size = BitConverter.ToUInt16(elf, 0x3a), count = BitConverter.ToUInt16(elf, 0x3c);
        for (int i = 0; i < count; i++)
        {
            int header = checked((int)(sections + (long)i * size));
            if (BitConverter.ToInt32(elf, header + 4) != SectionTypeVersionNeed) continue;
            int need = checked((int)BitConverter.ToInt64(elf, header + 0x18));
            int names = checked((int)BitConverter.ToInt64(elf, checked((int)(sections + (long)BitConverter.ToInt32(elf, header + 0x28) * size)) + 0x18));
            for (int files = BitConverter.ToInt32(elf, header + 0x2c); files > 0; files--)
            {
                int aux = need + BitConverter.ToInt32(elf, need + 8);
                for (int versions = BitConverter.ToUInt16(elf, need + 2); versions > 0; versions--)
                {
                    int name = names + BitConverter.ToInt32(elf, aux + 8);
                    if (Encoding.ASCII.GetString(elf, name, SymbolVersion.Length + 1) == SymbolVersion + "\0") return aux + 4;
                    aux += BitConverter.ToInt32(elf, aux + 12);
                }
                need += BitConverter.ToInt32(elf, need + 12);
            }
        }
        return -1;
    }

    private static int IndexOf(byte[] haystack, byte[] needle)
    {
        for (int i = 0; i + needle.Length <= haystack.Length; i++)
        {
            int k = 0;
            while (k < needle.Length && haystack[i + k] == needle[k]) k++;
            if (k == needle.Length) return i;
        }
        return -1;
    }
}
