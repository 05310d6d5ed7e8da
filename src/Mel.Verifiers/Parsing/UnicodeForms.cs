using System.Globalization;
using System.Text;

namespace Mel.Verifiers.Parsing;

/// <summary>
/// Rewrites the Unicode forms of mathematics as ASCII LaTeX: full-width characters, minus signs, fractions, superscripts, roots, Greek, relations.
/// </summary>
internal static class UnicodeForms
{
    /// <summary>
    /// The text itself when it is ASCII without control characters, else the rewritten text. The work is linear in the length, and the result at most about ten
    /// times as long.
    /// </summary>
    public static string Normalize(string text) => text.AsSpan().IndexOfAnyExceptInRange(' ', '~') < 0 ? text : Rewrite(text);

    private static string Rewrite(string text)
    {
        StringBuilder output = new(text.Length + 16);
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (c is >= ' ' and <= '~') output.Append(c);
            else if (c is >= '\uFF01' and <= '\uFF5E') output.Append((char)(c - 0xFEE0));
            else if (Script(c, out char plain, out bool raised))
            {
                output.Append(raised ? "^{" : "_{").Append(plain);
                while (i + 1 < text.Length && Script(text[i + 1], out plain, out bool alsoRaised) && alsoRaised == raised)
                {
                    output.Append(plain);
                    i++;
                }
                output.Append('}');
            }
            else if (c is >= '①' and <= '⑳') output.Append(CultureInfo.InvariantCulture, $"\\textcircled{{{c - '①' + 1}}}");
            else if (char.IsHighSurrogate(c) && i + 1 < text.Length && MathematicalLetters.Plain(c, text[i + 1]) is { } letter)
            {
                output.Append(Replacement(letter) ?? letter.ToString());
                i++;
            }
            else if (Replacement(c) is { } replacement) output.Append(replacement);
            else if (char.IsWhiteSpace(c) || char.IsControl(c)) output.Append(' ');
            else if (CharUnicodeInfo.GetUnicodeCategory(c) is UnicodeCategory.Format or UnicodeCategory.NonSpacingMark) continue;
            else if (CharUnicodeInfo.GetUnicodeCategory(c) == UnicodeCategory.DecimalDigitNumber)
                output.Append((char)('0' + CharUnicodeInfo.GetDecimalDigitValue(c)));
            else output.Append(c);
        }
        return output.ToString();
    }

    private static bool Script(char c, out char plain, out bool raised)
    {
        const string Raised = "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱ", RaisedPlain = "0123456789+-=()ni";
        const string Lowered = "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₙᵢ", LoweredPlain = "0123456789+-=()ni";
        int at = Raised.IndexOf(c, StringComparison.Ordinal);
        raised = at >= 0;
        plain = raised ? RaisedPlain[at] : '\0';
        if (raised) return true;
        at = Lowered.IndexOf(c, StringComparison.Ordinal);
        if (at < 0) return false;
        plain = LoweredPlain[at];
        return true;
    }

    private static string? Replacement(char c) => c switch
    {
        '−' or '–' or '—' or '‐' or '‑' or '‒' or '﹣' => "-",
        '⁄' or '∕' => "/",
        '∗' => "*",
        'ℎ' => "h",
        '✓' or '✔' or '☑' or '✅' => "",
        '×' or '✕' or '⨯' => "\\times ",
        '·' or '⋅' or '∙' or '•' => "\\cdot ",
        '÷' => "\\div ",
        '±' => "\\pm ",
        '∓' => "\\mp ",
        '√' => "\\sqrt ",
        '∛' => "\\sqrt[3]",
        '∞' => "\\infty ",
        '°' or 'º' or '˚' => "^{\\circ}",
        '℃' => "^{\\circ}C",
        '℉' => "^{\\circ}F",
        '″' => "''",
        '≤' or '⩽' or '≦' => "\\le ",
        '≥' or '⩾' or '≧' => "\\ge ",
        '≠' => "\\ne ",
        '≈' or '≃' => "\\approx ",
        '≅' => "\\cong ",
        '∥' => "\\parallel ",
        '⊥' => "\\perp ",
        '⊂' => "\\subset ",
        '⊆' => "\\subseteq ",
        '⊃' => "\\supset ",
        '⊇' => "\\supseteq ",
        '∝' => "\\propto ",
        '∼' => "\\sim ",
        '⇔' or '⟺' => "\\iff ",
        '↔' => "\\leftrightarrow ",
        '↦' => "\\mapsto ",
        '≡' => "\\equiv ",
        '∈' => "\\in ",
        '∉' => "\\notin ",
        '∪' => "\\cup ",
        '∩' => "\\cap ",
        '∖' or '⧵' => "\\setminus ",
        '∅' or '⌀' => "\\emptyset ",
        'ℝ' => "\\mathbb{R}",
        'ℤ' => "\\mathbb{Z}",
        'ℕ' => "\\mathbb{N}",
        'ℚ' => "\\mathbb{Q}",
        'ℂ' => "\\mathbb{C}",
        '→' => "\\to ",
        '⇒' or '⟹' => "\\implies ",
        '∧' => "\\land ",
        '∨' => "\\lor ",
        '⌊' => "\\lfloor ",
        '⌋' => "\\rfloor ",
        '⌈' => "\\lceil ",
        '⌉' => "\\rceil ",
        '⟨' => "\\langle ",
        '⟩' => "\\rangle ",
        '∑' => "\\sum ",
        '∏' => "\\prod ",
        '∫' => "\\int ",
        '∠' => "\\angle ",
        '△' => "\\triangle ",
        '∂' => "\\partial ",
        '½' => "\\frac{1}{2}",
        '⅓' => "\\frac{1}{3}",
        '⅔' => "\\frac{2}{3}",
        '¼' => "\\frac{1}{4}",
        '¾' => "\\frac{3}{4}",
        '⅕' => "\\frac{1}{5}",
        '⅖' => "\\frac{2}{5}",
        '⅗' => "\\frac{3}{5}",
        '⅘' => "\\frac{4}{5}",
        '⅙' => "\\frac{1}{6}",
        '⅚' => "\\frac{5}{6}",
        '⅛' => "\\frac{1}{8}",
        '⅜' => "\\frac{3}{8}",
        '⅝' => "\\frac{5}{8}",
        '⅞' => "\\frac{7}{8}",
        'α' => "\\alpha ",
        'β' => "\\beta ",
        'γ' => "\\gamma ",
        'δ' => "\\delta ",
        'ε' => "\\epsilon ",
        'θ' => "\\theta ",
        'λ' => "\\lambda ",
        'μ' or 'µ' => "\\mu ",
        'π' => "\\pi ",
        'ρ' => "\\rho ",
        'σ' => "\\sigma ",
        'τ' => "\\tau ",
        'φ' or 'ϕ' => "\\phi ",
        'ω' => "\\omega ",
        'Δ' => "\\Delta ",
        'Ω' => "\\Omega ",
        '…' or '⋯' => "\\ldots ",
        '′' or '’' or '‘' => "'",
        '“' or '”' or '„' => "\"",
        '∶' or '：' => ":",
        '、' => ",",
        '。' => ".",
        '％' => "%",
        '£' => "\\pounds ",
        '€' => "\\euro ",
        '¥' or '￥' => "\\yen ",
        '₹' => "\\rupee ",
        _ => null,
    };
}
