using System.Text;

namespace Mel.Verifiers.Syntax;

/// <summary>
/// What stands between the items of a list: the name of a list node holds one character for each gap. A list whose name is empty is separated by commas.
/// </summary>
internal static class ListSeparators
{
    public const char Comma = ',', TightComma = 't', And = '&', Or = '|';

    /// <summary>The name of a list of two items that must hold together.</summary>
    public const string Both = "&";

    /// <summary>The name of a list of two items with a comma and no space between them: the form of a decimal comma.</summary>
    public const string Tight = "t";

    public static string AllAnd(int items) => new(And, items - 1);

    /// <summary>The name for the separators of a list; commas alone leave it empty, but for the one of a pair without a space.</summary>
    public static string NameOf(StringBuilder separators)
    {
        if (separators.Length == 1 && separators[0] == TightComma) return Tight;
        separators.Replace(TightComma, Comma);
        for (int i = 0; i < separators.Length; i++)
            if (separators[i] != Comma) return separators.ToString();
        return "";
    }

    /// <summary>Whether the list holds where one of its items does.</summary>
    public static bool IsEither(Node list) => list.Name.Contains(Or, StringComparison.Ordinal);

    /// <summary>The separator before the item at an index above zero.</summary>
    public static char Before(Node list, int index) => list.Name.Length == list.Items.Length - 1 && list.Name is not ";" ? list.Name[index - 1] : Comma;
}
