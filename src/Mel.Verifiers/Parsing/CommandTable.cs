using System.Collections.Frozen;

namespace Mel.Verifiers.Parsing;

/// <summary>The LaTeX commands and plain words that have a meaning in an answer.</summary>
internal static class CommandTable
{
    private static readonly FrozenDictionary<string, (TokenKind Kind, string Text)> Commands = BuildCommands().ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, (TokenKind Kind, string Text)> PlainWords = BuildWords().ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, (TokenKind, string)>.AlternateLookup<ReadOnlySpan<char>> CommandLookup
        = Commands.GetAlternateLookup<ReadOnlySpan<char>>();

    private static readonly FrozenDictionary<string, (TokenKind, string)>.AlternateLookup<ReadOnlySpan<char>> WordLookup
        = PlainWords.GetAlternateLookup<ReadOnlySpan<char>>();

    public const int LongestCommand = 24;

    // functions that are written with \operatorname or as words more often than as commands of their own
    private const string Rarer = "sech csch cis arccot arcsec arccsc arcsinh arccosh arctanh arsinh arcosh artanh "
        + "arccoth arcoth arsech arcsch asinh acosh atanh";

    public static bool TryCommand(ReadOnlySpan<char> name, out (TokenKind Kind, string Text) meaning) => CommandLookup.TryGetValue(name, out meaning);

    public static bool TryWord(ReadOnlySpan<char> word, out (TokenKind Kind, string Text) meaning)
    {
        if (WordLookup.TryGetValue(word, out meaning)) return true;
        if (word.Length is < 2 or > 12) return false;
        Span<char> lower = stackalloc char[word.Length];
        word.ToLowerInvariant(lower);
        // capitals only open a sentence: "And", "Infinity"
        return lower[0] != word[0] && word[1..].SequenceEqual(lower[1..]) && WordLookup.TryGetValue(lower, out meaning);
    }

    private static Dictionary<string, (TokenKind, string)> BuildCommands()
    {
        Dictionary<string, (TokenKind, string)> table = new(StringComparer.Ordinal);
        void Add(TokenKind kind, string text, string names)
        {
            foreach (string name in names.Split(' ')) table[name] = (kind, text.Length == 0 ? name : text);
        }

        Add(TokenKind.Symbol, "", "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi rho sigma tau upsilon phi chi psi omega "
            + "Gamma Delta Theta Lambda Xi Sigma Upsilon Phi Psi Omega hbar ell aleph mho nabla partial odot oplus");
        Add(TokenKind.Symbol, "T", "top intercal");
        Add(TokenKind.Symbol, "circled", "textcircled");
        Add(TokenKind.Symbol, "epsilon", "varepsilon");
        Add(TokenKind.Symbol, "phi", "varphi");
        Add(TokenKind.Symbol, "theta", "vartheta");
        Add(TokenKind.Symbol, "sigma", "varsigma");
        Add(TokenKind.Symbol, "rho", "varrho");
        Add(TokenKind.Prefix, "", "angle triangle measuredangle square parallelogram odot");
        Add(TokenKind.Constant, "pi", "pi varpi Pi");
        Add(TokenKind.Constant, "e", "exponentialE");
        Add(TokenKind.Constant, "i", "imath imaginaryI");
        Add(TokenKind.Constant, "inf", "infty infin infinity");
        Add(TokenKind.Function, "", "sin cos tan cot sec csc sinh cosh tanh coth arcsin arccos arctan log ln lg exp gcd lcm max min floor ceil det arg "
            + Rarer);
        Add(TokenKind.Function, "csc", "cosec");
        Add(TokenKind.Function, "arccot", "arccot arcctg");
        Add(TokenKind.Function, "tan", "tg");
        Add(TokenKind.Function, "cot", "ctg");
        Add(TokenKind.Function, "re", "Re");
        Add(TokenKind.Function, "im", "Im");
        Add(TokenKind.Times, "", "times cdot ast bullet");
        Add(TokenKind.Times, "times", "cross");
        Add(TokenKind.Divide, "", "div");
        Add(TokenKind.Slash, "/", "slash");
        Add(TokenKind.Modulo, "", "mod bmod");
        Add(TokenKind.Such, "mod", "pmod");
        Add(TokenKind.PlusMinus, "", "pm");
        Add(TokenKind.MinusPlus, "", "mp");
        Add(TokenKind.Relation, "<", "lt");
        Add(TokenKind.Relation, ">", "gt");
        Add(TokenKind.Relation, "≤", "le leq leqslant leqq");
        Add(TokenKind.Relation, "≥", "ge geq geqslant geqq");
        Add(TokenKind.Relation, "≠", "ne neq");
        Add(TokenKind.Relation, "≈", "approx approxeq simeq thickapprox doteq");
        Add(TokenKind.Relation, "≅", "cong");
        Add(TokenKind.Relation, "≡", "equiv");
        Add(TokenKind.Relation, "∈", "in");
        Add(TokenKind.Relation, "∉", "notin");
        Add(TokenKind.Relation, "∋", "ni owns");
        Add(TokenKind.Relation, "⊂", "subset");
        Add(TokenKind.Relation, "⊊", "subsetneq subsetneqq");
        Add(TokenKind.Relation, "⊆", "subseteq subseteqq");
        Add(TokenKind.Relation, "⊃", "supset");
        Add(TokenKind.Relation, "⊋", "supsetneq supsetneqq");
        Add(TokenKind.Relation, "⊇", "supseteq supseteqq");
        Add(TokenKind.Relation, "→", "to rightarrow longrightarrow");
        Add(TokenKind.Relation, "←", "gets leftarrow longleftarrow");
        Add(TokenKind.Relation, "↔", "leftrightarrow longleftrightarrow");
        Add(TokenKind.Relation, "↦", "mapsto longmapsto");
        Add(TokenKind.Relation, "⇒", "Rightarrow implies Longrightarrow");
        Add(TokenKind.Relation, "⇐", "Leftarrow impliedby Longleftarrow");
        Add(TokenKind.Relation, "⇔", "Leftrightarrow Longleftrightarrow iff");
        Add(TokenKind.Relation, "∼", "sim");
        Add(TokenKind.Relation, "∝", "propto varpropto");
        Add(TokenKind.Relation, "∥", "parallel");
        Add(TokenKind.Relation, "∦", "nparallel");
        Add(TokenKind.Relation, "⊥", "perp");
        Add(TokenKind.Relation, "≺", "prec");
        Add(TokenKind.Relation, "≻", "succ");
        Add(TokenKind.Relation, "≪", "ll");
        Add(TokenKind.Relation, "≫", "gg");
        Add(TokenKind.Relation, "=", "eq coloneqq");
        Add(TokenKind.Union, "", "cup bigcup union");
        Add(TokenKind.Intersection, "", "cap bigcap");
        Add(TokenKind.Difference, "", "setminus backslash smallsetminus");
        Add(TokenKind.EmptySet, "", "emptyset varnothing");
        Add(TokenKind.And, "∧", "land wedge");
        Add(TokenKind.Or, "∨", "lor vee");
        Add(TokenKind.Such, "", "mid");
        Add(TokenKind.Colon, "", "colon");
        Add(TokenKind.Ellipsis, "", "ldots cdots dots dotsc dotsb dotsm vdots ddots");
        Add(TokenKind.OpenParen, "(", "lgroup lparen");
        Add(TokenKind.CloseParen, ")", "rgroup rparen");
        Add(TokenKind.OpenBracket, "[", "lbrack");
        Add(TokenKind.CloseBracket, "]", "rbrack");
        Add(TokenKind.OpenSet, "{", "lbrace");
        Add(TokenKind.CloseSet, "}", "rbrace");
        Add(TokenKind.Bar, "|", "vert Vert");
        Add(TokenKind.OpenBar, "|", "lvert lVert");
        Add(TokenKind.CloseBar, "|", "rvert rVert");
        Add(TokenKind.OpenFloor, "", "lfloor llcorner");
        Add(TokenKind.CloseFloor, "", "rfloor lrcorner");
        Add(TokenKind.OpenCeil, "", "lceil ulcorner");
        Add(TokenKind.CloseCeil, "", "rceil urcorner");
        Add(TokenKind.OpenParen, "⟨", "langle");
        Add(TokenKind.CloseParen, "⟩", "rangle");
        Add(TokenKind.Fraction, "", "frac dfrac tfrac cfrac");
        Add(TokenKind.Root, "", "sqrt surd");
        Add(TokenKind.Binomial, "", "binom dbinom tbinom");
        Add(TokenKind.Choose, "", "choose");
        Add(TokenKind.Sum, "", "sum prod");
        Add(TokenKind.Integral, "", "int iint oint");
        Add(TokenKind.Limit, "", "lim sup inf limsup liminf");
        Add(TokenKind.Begin, "", "begin");
        Add(TokenKind.EndEnvironment, "", "end");
        Add(TokenKind.Degree, "", "circ degree");
        Add(TokenKind.Prime, "", "prime");
        Add(TokenKind.Decoration, "bold", "mathbf boldsymbol bm");
        Add(TokenKind.Decoration, "style", "mathcal mathscr mathfrak underline");
        Add(TokenKind.Decoration, "overline", "overline bar");
        Add(TokenKind.Decoration, "\u20D7", "vec overrightarrow");
        Add(TokenKind.Decoration, "\u20D6", "overleftarrow");
        Add(TokenKind.Decoration, "\u20E1", "overleftrightarrow");
        Add(TokenKind.Decoration, "\u0302", "hat widehat");
        Add(TokenKind.Decoration, "\u0303", "tilde widetilde");
        Add(TokenKind.Decoration, "\u0307", "dot");
        Add(TokenKind.Decoration, "\u0308", "ddot");
        Add(TokenKind.Decoration, "\u0301", "acute");
        Add(TokenKind.Decoration, "\u0300", "grave");
        Add(TokenKind.Decoration, "\u0306", "breve");
        Add(TokenKind.Decoration, "\u030A", "mathring");
        Add(TokenKind.Transparent, "", "boxed fbox displaystyle textstyle scriptstyle limits nolimits ensuremath big Big bigg Bigg bigl bigr Bigl "
            + "Bigr large Large left right mleft mright middle nonumber notag hfill noindent mathstrut framebox checkmark");
        Add(TokenKind.Operator, "", "operatorname mathrm mathsf mathtt mathit rm mathop mathord");
        Add(TokenKind.Styled, "", "text textbf textit texttt textrm textsf textnormal textup emph mbox hbox unit");
        Add(TokenKind.NamedSet, "", "mathbb Bbb");
        Add(TokenKind.NamedSet, "R", "R reals Reals");
        Add(TokenKind.Wide, "", "quad qquad enspace");
        Add(TokenKind.Currency, "£", "pounds pound textsterling");
        Add(TokenKind.Currency, "€", "euro texteuro");
        Add(TokenKind.Currency, "¥", "yen textyen");
        Add(TokenKind.Currency, "₹", "rupee");
        Add(TokenKind.Relation, "∤", "nmid");
        return table;
    }

    private static Dictionary<string, (TokenKind, string)> BuildWords()
    {
        Dictionary<string, (TokenKind, string)> table = new(StringComparer.Ordinal);
        void Add(TokenKind kind, string text, string names)
        {
            foreach (string name in names.Split(' ')) table[name] = (kind, text.Length == 0 ? name : text);
        }

        Add(TokenKind.Function, "", "sin cos tan cot sec csc sinh cosh tanh coth arcsin arccos arctan log ln lg exp gcd lcm max min floor ceil abs det "
            + Rarer);
        Add(TokenKind.Function, "csc", "cosec");
        Add(TokenKind.Function, "arcsin", "asin");
        Add(TokenKind.Function, "arccos", "acos");
        Add(TokenKind.Function, "arctan", "atan");
        Add(TokenKind.Root, "", "sqrt");
        Add(TokenKind.Function, "cbrt", "cbrt");
        Add(TokenKind.Modulo, "", "mod");
        Add(TokenKind.And, "and", "and");
        Add(TokenKind.Or, "or", "or");
        Add(TokenKind.Constant, "pi", "pi");
        Add(TokenKind.Constant, "inf", "infinity inf infty oo");
        Add(TokenKind.Union, "", "union cup");
        Add(TokenKind.Percent, "", "percent pct percentage");
        Add(TokenKind.Degree, "", "degrees degree deg");
        Add(TokenKind.Symbol, "", "alpha beta gamma delta epsilon theta lambda sigma omega");
        return table;
    }
}
