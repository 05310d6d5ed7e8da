using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Mel.Terminal.Tests;

/// <summary>What a terminal shows after it was sent a text: enough of its escape sequences for a board that is redrawn in place.</summary>
internal sealed partial class Screen
{
    private readonly List<StringBuilder> _rows = [new()];
    private int _row;
    private int _column;

    private Screen()
    {
    }

    public static IReadOnlyList<string> Of(string text)
    {
        Screen screen = new();
        int at = 0;
        foreach (Match sequence in Sequence().Matches(text))
        {
            screen.Print(text[at..sequence.Index]);
            screen.Obey(sequence.Groups["verb"].Value[0], sequence.Groups["number"].Value);
            at = sequence.Index + sequence.Length;
        }

        screen.Print(text[at..]);
        string[] rows = [.. screen._rows.Select(row => row.ToString().TrimEnd())];
        return rows[..(Array.FindLastIndex(rows, row => row.Length > 0) + 1)];
    }

    private void Print(string text)
    {
        foreach (char c in text)
        {
            if (c == '\r') _column = 0;
            else if (c == '\n') (_row, _column) = (_row + 1, 0);
            else Put(c);
            while (_rows.Count <= _row) _rows.Add(new());
        }
    }

    private void Put(char c)
    {
        StringBuilder row = _rows[_row];
        row.Append(' ', Math.Max(0, _column + 1 - row.Length));
        row[_column++] = c;
    }

    private void Obey(char verb, string number)
    {
        switch (verb)
        {
            case 'A': _row = Math.Max(0, _row - (number.Length == 0 ? 1 : int.Parse(number, CultureInfo.InvariantCulture))); break;
            case 'K' when number == "2": _rows[_row].Clear(); break;
            case 'J' when number.Length == 0:
                _rows[_row].Length = Math.Min(_column, _rows[_row].Length);
                _rows.RemoveRange(_row + 1, _rows.Count - _row - 1);
                break;
            case 'm' or 'h' or 'l': break;      // color, and whether the cursor shows
            default: throw new NotSupportedException($"The screen of the tests does not know the sequence '{number}{verb}'.");
        }
    }

    [GeneratedRegex("\u001b\\[\\??(?<number>[0-9;]*)(?<verb>[A-Za-z])")]
    private static partial Regex Sequence();
}
