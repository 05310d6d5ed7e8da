using System.Diagnostics;

namespace Mel.Testing;

/// <summary>Makes files that are no regular files, where the system has such.</summary>
public static class SpecialFiles
{
    /// <summary>The kinds that <see cref="Make"/> knows.</summary>
    public static readonly string[] Kinds = ["pipe", "device", "dangling", "folder"];

    /// <summary>Makes a file of a kind at a path; what is there is removed. Off Linux the test is ignored.</summary>
    public static void Make(string kind, string path)
    {
        if (!OperatingSystem.IsLinux()) Assert.Ignore("Special files are made on Linux only.");
        File.Delete(path);
        switch (kind)
        {
            case "pipe":
                using (Process make = Process.Start("mkfifo", path)) make.WaitForExit();
                break;
            case "device":
                File.CreateSymbolicLink(path, "/dev/zero");
                break;
            case "dangling":
                File.CreateSymbolicLink(path, path + "-that-is-not-there");
                break;
            default:
                Directory.CreateDirectory(path);
                break;
        }
    }
}
