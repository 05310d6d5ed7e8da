namespace Mel.Samples.QuickStart;

/// <summary>Writes text in lines of whole words, no wider than a terminal.</summary>
internal static class Paragraph
{
    public const int Columns = 79;

    /// <summary>Writes a text; its second and further lines are indented.</summary>
    public static void Write(TextWriter output, string text, int indent = 0)
    {
        string line = "";
        bool empty = true;
        foreach (string word in text.Split(' '))
        {
            if (!empty && line.Length + 1 + word.Length > Columns)
            {
                output.WriteLine(line.TrimEnd());
                line = new string(' ', indent);
                empty = true;
            }

            line += empty ? word : " " + word;
            empty = false;
        }

        output.WriteLine(line.TrimEnd());
    }
}
