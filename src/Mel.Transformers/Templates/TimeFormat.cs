using System.Globalization;
using System.Text;
using Mel.Transformers.Python;

namespace Mel.Transformers.Templates;

/// <summary>Dates and times as the C library's <c>strftime</c> writes them in English.</summary>
internal static class TimeFormat
{
    /// <summary>A time in a format such as <c>%d %b %Y</c>.</summary>
    public static string Write(string format, DateTimeOffset time, Budget budget)
    {
        var text = new StringBuilder();
        for (int i = 0; i < format.Length; i++)
        {
            budget.ChargeItem(text.Length);
            if (format[i] != '%' || i + 1 == format.Length)
            {
                text.Append(format[i]);
                continue;
            }

            int start = i++;
            char flag = '\0';
            while (i < format.Length && format[i] is '-' or '_' or '0' or '^' or '#') flag = format[i++];
            string? written = i < format.Length ? Part(format[i], time, flag, budget) : null;
            text.Append(written ?? format[start..Math.Min(i + 1, format.Length)]);
        }

        return text.ToString();
    }

    private static string? Part(char kind, DateTimeOffset time, char flag, Budget budget)
    {
        CultureInfo english = CultureInfo.InvariantCulture;
        switch (kind)
        {
            case 'Y': return Number(time.Year, 1, flag);
            case 'C': return Number(time.Year / 100, 2, flag);
            case 'y': return Number(time.Year % 100, 2, flag);
            case 'm': return Number(time.Month, 2, flag);
            case 'd': return Number(time.Day, 2, flag);
            case 'e': return Number(time.Day, 2, flag == '\0' ? '_' : flag);
            case 'j': return Number(time.DayOfYear, 3, flag);
            case 'H': return Number(time.Hour, 2, flag);
            case 'k': return Number(time.Hour, 2, flag == '\0' ? '_' : flag);
            case 'I': return Number(Twelve(time), 2, flag);
            case 'l': return Number(Twelve(time), 2, flag == '\0' ? '_' : flag);
            case 'M': return Number(time.Minute, 2, flag);
            case 'S': return Number(time.Second, 2, flag);
            case 'f': return Number(time.Microsecond + (time.Millisecond * 1000), 6, flag);
            case 'u': return Number(time.DayOfWeek == DayOfWeek.Sunday ? 7 : (int)time.DayOfWeek, 1, flag);
            case 'w': return Number((int)time.DayOfWeek, 1, flag);
            case 'U': return Number((time.DayOfYear + 6 - (int)time.DayOfWeek) / 7, 2, flag);
            case 'W': return Number((time.DayOfYear + 6 - (((int)time.DayOfWeek + 6) % 7)) / 7, 2, flag);
            case 'V': return Number(ISOWeek.GetWeekOfYear(time.DateTime), 2, flag);
            case 'G': return Number(ISOWeek.GetYear(time.DateTime), 1, flag);
            case 'g': return Number(ISOWeek.GetYear(time.DateTime) % 100, 2, flag);
            case 's': return Number(time.ToUnixTimeSeconds(), 1, flag);
            case 'a': return Name(time.ToString("ddd", english), flag);
            case 'A': return Name(time.ToString("dddd", english), flag);
            case 'b' or 'h': return Name(time.ToString("MMM", english), flag);
            case 'B': return Name(time.ToString("MMMM", english), flag);
            case 'p': return flag == '#' ? time.ToString("tt", english).ToLowerInvariant() : time.ToString("tt", english);
            case 'P': return time.ToString("tt", english).ToLowerInvariant();
            case 'c': return Write("%a %b %e %H:%M:%S %Y", time, budget);
            case 'x' or 'D': return Write("%m/%d/%y", time, budget);
            case 'X' or 'T': return Write("%H:%M:%S", time, budget);
            case 'r': return Write("%I:%M:%S %p", time, budget);
            case 'R': return Write("%H:%M", time, budget);
            case 'F': return Write("%Y-%m-%d", time, budget);
            case 'z' or 'Z': return "";
            case 'n': return "\n";
            case 't': return "\t";
            case '%': return "%";
            default: return null;
        }
    }

    private static int Twelve(DateTimeOffset time) => time.Hour % 12 == 0 ? 12 : time.Hour % 12;

    private static string Number(long value, int width, char flag)
    {
        string digits = value.ToString(CultureInfo.InvariantCulture);
        return flag switch { '-' => digits, '_' => digits.PadLeft(width), _ => digits.PadLeft(width, '0') };
    }

    private static string Name(string name, char flag) => flag is '^' or '#' ? name.ToUpperInvariant() : name;
}
