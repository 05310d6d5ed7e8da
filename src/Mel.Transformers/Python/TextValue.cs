using System.Text;

namespace Mel.Transformers.Python;

/// <summary>A text. A safe one is what Jinja calls markup: what is added to it is escaped for HTML.</summary>
/// <param name="text">Its characters.</param>
/// <param name="isSafe">Whether it counts as markup.</param>
internal sealed class TextValue(string text, bool isSafe = false) : Value
{
    public static readonly TextValue Empty = new("");

    public string Text => text;

    public bool IsSafe => isSafe;

    public override string TypeName => isSafe ? "Markup" : "str";

    public override bool IsTrue => text.Length > 0;

    public override long Weight => 1 + (text.Length / 16);

    public override int? Count => CodePoints.Count(text);

    public override IEnumerable<Value> Items => CodePoints.Each(text).Select(one => new TextValue(one));

    public override string ToText(Budget budget) => text;

    public override void WriteRepr(StringBuilder written, Budget budget)
    {
        budget.ChargeText(text.Length);
        if (isSafe) written.Append("Markup(");
        TextRepr.Write(written, text);
        if (isSafe) written.Append(')');
    }

    /// <summary>A text that is as safe as this one.</summary>
    public TextValue With(string other) => new(other, isSafe);

    /// <summary>The text as markup: escaped where it is not safe yet.</summary>
    public static TextValue Escaped(Value value, Budget budget)
        => value is TextValue { IsSafe: true } safe ? safe : new TextValue(Html.Escape(value.ToText(budget), budget), isSafe: true);

    public override Value? Item(Value key, Budget budget)
    {
        budget.Charge(text.Length / 64);
        if (key is SliceValue slice) return With(CodePoints.Slice(text, slice, budget));
        return key is NumberValue { AsInteger: { } index } && SliceValue.Place(index, Count!.Value) is { } place ? With(CodePoints.At(text, place)) : null;
    }

    public override Value? Attribute(string name, Budget budget) => TextMethods.Of(this, name);

    public override bool Same(Value other) => other is TextValue value && value.Text == text;

    public override int Hash() => text.GetHashCode(StringComparison.Ordinal);
}

/// <summary>Characters that mean something in HTML.</summary>
internal static class Html
{
    /// <summary>The text with those characters as entities.</summary>
    public static string Escape(string text, Budget budget)
    {
        if (text.AsSpan().IndexOfAny("&<>'\"") < 0) return text;
        budget.ChargeText((long)text.Length * 5);
        return text.Replace("&", "&amp;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal)
            .Replace("<", "&lt;", StringComparison.Ordinal)
            .Replace("'", "&#39;", StringComparison.Ordinal).Replace("\"", "&#34;", StringComparison.Ordinal);
    }
}
