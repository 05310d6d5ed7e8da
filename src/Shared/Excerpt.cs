namespace Mel.Runtime;

/// <summary>Text from outside as messages show it: its beginning, on one line.</summary>
internal static class Excerpt
{
    /// <summary>At most so many characters of a text; control characters become blanks.</summary>
    public static string Of(string text, int characters = 80)
    {
        string start = text.Length <= characters ? text : string.Concat(text.AsSpan(0, characters), "...");
        return start.AsSpan().ContainsAnyInRange('\0', '\u001f') ? string.Create(start.Length, start, static (to, from) =>
        {
            for (int i = 0; i < to.Length; i++) to[i] = char.IsControl(from[i]) ? ' ' : from[i];
        }) : start;
    }
}
