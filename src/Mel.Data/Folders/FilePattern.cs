using System.Text;
using System.Text.RegularExpressions;

namespace Mel.Data.Folders;

/// <summary>
/// A pattern of file names as data set cards have it: <c>*</c> stands for characters of one name, <c>**</c> for folders too, <c>?</c> for one character,
/// <c>[ab]</c> for one of several. A pattern without any of them names a file, or a folder with all that is in it. Only names inside the folder are ever
/// compared with a pattern.
/// </summary>
internal sealed class FilePattern
{
    private readonly Regex _pattern;

    /// <param name="pattern">The pattern.</param>
    public FilePattern(string pattern)
    {
        StringBuilder regex = new(@"\A");
        string rest = pattern.StartsWith("./", StringComparison.Ordinal) ? pattern[2..] : pattern;
        for (int i = 0; i < rest.Length; i++)
        {
            if (rest.AsSpan(i).StartsWith("**/")) (regex, i) = (regex.Append("(?:.*/)?"), i + 2);
            else if (rest.AsSpan(i).StartsWith("**")) (regex, i) = (regex.Append(".*"), i + 1);
            else if (rest[i] == '*') regex.Append("[^/]*");
            else if (rest[i] == '?') regex.Append("[^/]");
            else if (rest[i] == '[' && rest.IndexOf(']', i + 1) is > 0 and var end && end > i + 1)
            {
                regex.Append('[').Append(Regex.Escape(rest[(i + 1)..end]).Replace("]", @"\]", StringComparison.Ordinal)).Append(']');
                i = end;
            }
            else regex.Append(Regex.Escape(rest[i].ToString()));
        }

        if (rest.AsSpan().IndexOfAny('*', '?', '[') < 0) regex.Append("(?:/.*)?");
        _pattern = new Regex(regex.Append(@"\z").ToString(), RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.Singleline);
    }

    /// <summary>Whether a name within the folder, with slashes, is meant.</summary>
    public bool IsMatch(string name) => _pattern.IsMatch(name);
}
