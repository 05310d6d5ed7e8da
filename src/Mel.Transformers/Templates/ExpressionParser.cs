using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Text;
using Mel.Transformers.Python;

namespace Mel.Transformers.Templates;

/// <summary>Reads expressions, with the precedences of Jinja.</summary>
internal sealed partial class ExpressionParser(IReadOnlyList<Token> tokens)
{
    private int _at, _depth;

    /// <summary>Is told every name that is read.</summary>
    public Action<NameExpression>? OnName { get; set; }

    public Token Current => tokens[_at];

    public Token Ahead => tokens[Math.Min(_at + 1, tokens.Count - 1)];

    public Token Next()
    {
        Token token = tokens[_at];
        if (token.Kind != TokenKind.End) _at++;
        return token;
    }

    public bool SkipName(string name)
    {
        if (!Current.IsName(name)) return false;
        _at++;
        return true;
    }

    public bool SkipOperator(string sign)
    {
        if (!Current.IsOperator(sign)) return false;
        _at++;
        return true;
    }

    public Token Expect(TokenKind kind, string what) => Current.Kind == kind ? Next() : throw Unexpected(what);

    public void ExpectOperator(string sign)
    {
        if (!SkipOperator(sign)) throw Unexpected($"'{sign}'");
    }

    public void ExpectName(string name)
    {
        if (!SkipName(name)) throw Unexpected($"'{name}'");
    }

    public TemplateSyntaxException Unexpected(string expected) => new($"expected {expected}, got {Current}", Current.Position);

    public Expression ParseExpression(bool withCondition = true) => withCondition ? Condition() : Or();

    /// <summary>Expressions with commas between them are a tuple.</summary>
    /// <param name="withCondition">Whether they may be conditional.</param>
    /// <param name="inParentheses">Whether none at all is a tuple, too.</param>
    /// <param name="simple">Whether only names and literals are read, as targets are.</param>
    /// <param name="withNamespace">Whether a target may be an attribute of a namespace.</param>
    /// <param name="end">A name that ends the tuple.</param>
    public Expression ParseTuple(bool withCondition = true, bool inParentheses = false, bool simple = false, bool withNamespace = false, string? end = null)
    {
        int start = Current.Position;
        var items = new List<Expression>();
        bool isTuple = false;
        while (true)
        {
            if (items.Count > 0) ExpectOperator(",");
            if (Current.Kind is TokenKind.VariableEnd or TokenKind.BlockEnd || Current.IsOperator(")") || (end is not null && Current.IsName(end))) break;
            items.Add(simple ? Primary(withNamespace) : ParseExpression(withCondition));
            if (!Current.IsOperator(",")) break;
            isTuple = true;
        }

        if (!isTuple)
        {
            if (items.Count > 0) return items[0];
            if (!inParentheses) throw Unexpected("an expression");
        }

        return new SequenceExpression(start, items, isTuple: true);
    }

    public Expression Primary(bool withNamespace = false)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        Token token = Next();
        switch (token.Kind)
        {
            case TokenKind.Name:
                return NameOrConstant(token, withNamespace);
            case TokenKind.Text:
                var text = new StringBuilder(token.Text);
                while (Current.Kind == TokenKind.Text) text.Append(Next().Text);
                return new ConstantExpression(token.Position, new TextValue(text.ToString()));
            case TokenKind.Integer:
                return new ConstantExpression(token.Position, IntegerOf(token));
            case TokenKind.Float:
                return new ConstantExpression(token.Position, new FloatValue(double.Parse(token.Text, CultureInfo.InvariantCulture)));
            case TokenKind.Operator when token.Text == "(":
                Expression inner = ParseTuple(inParentheses: true);
                ExpectOperator(")");
                return inner;
            case TokenKind.Operator when token.Text == "[":
                return new SequenceExpression(token.Position, List("]", () => ParseExpression()), isTuple: false);
            case TokenKind.Operator when token.Text == "{":
                return new MapExpression(token.Position, List("}", () =>
                {
                    Expression key = ParseExpression();
                    ExpectOperator(":");
                    return (key, ParseExpression());
                }));
            default:
                throw new TemplateSyntaxException($"unexpected {token}", token.Position);
        }
    }

    public Expression Postfix(Expression node)
    {
        while (Current.Kind == TokenKind.Operator)
        {
            int position = Current.Position;
            if (SkipOperator(".")) node = Member(node, position);
            else if (SkipOperator("["))
            {
                List<Expression> keys = List("]", Subscript, mayEndInComma: false);
                if (keys.Count == 1) node = new ItemExpression(position, node, keys[0]);
                else node = new ItemExpression(position, node, new SequenceExpression(position, keys, isTuple: true));
            }
            else if (Current.IsOperator("(")) node = new CallExpression(position, node, CallArguments());
            else break;
        }

        return node;
    }

    /// <summary>Filters in a row, behind a value or, for a block, behind nothing.</summary>
    /// <param name="node">The value, or null.</param>
    /// <param name="begun">Whether the first one stands without a bar before it.</param>
    public Expression? Filter(Expression? node, bool begun = false)
    {
        while (begun || SkipOperator("|"))
        {
            begun = false;
            Token name = Expect(TokenKind.Name, "the name of a filter");
            string full = DottedName(name.Text);
            node = new FilterExpression(name.Position, full, node, Current.IsOperator("(") ? CallArguments() : ArgumentList.Empty);
        }

        return node;
    }

    private Expression Test(Expression node)
    {
        int start = Next().Position;
        bool isNegated = SkipName("not");
        string name = DottedName(Expect(TokenKind.Name, "the name of a test").Text);
        ArgumentList arguments = ArgumentList.Empty;
        if (Current.IsOperator("(")) arguments = CallArguments();
        else if ((Current.Kind is TokenKind.Name or TokenKind.Text or TokenKind.Integer or TokenKind.Float
            || Current.IsOperator("[") || Current.IsOperator("{"))
            && !(Current.IsName("else") || Current.IsName("or") || Current.IsName("and")))
        {
            if (Current.IsName("is")) throw new TemplateSyntaxException("tests with 'is' cannot be chained", Current.Position);
            arguments = new ArgumentList();
            arguments.Positional.Add(Postfix(Primary()));
        }

        Expression test = new TestExpression(start, name, node, arguments);
        return isNegated ? new UnaryExpression(start, "not", test) : test;
    }

    private string DottedName(string name)
    {
        if (!Current.IsOperator(".")) return name;
        var full = new StringBuilder(name);
        while (SkipOperator(".")) full.Append('.').Append(Expect(TokenKind.Name, "a name").Text);
        return full.ToString();
    }

    private Expression NameOrConstant(Token token, bool withNamespace)
    {
        switch (token.Text)
        {
            case "true" or "True":
                return new ConstantExpression(token.Position, BoolValue.True);
            case "false" or "False":
                return new ConstantExpression(token.Position, BoolValue.False);
            case "none" or "None":
                return new ConstantExpression(token.Position, NoneValue.Instance);
        }

        if (withNamespace && SkipOperator(".")) return new NamespaceTarget(token.Position, token.Text, Expect(TokenKind.Name, "the name of an attribute").Text);
        var name = new NameExpression(token.Position, token.Text);
        OnName?.Invoke(name);
        return name;
    }

    private Expression Member(Expression node, int position)
    {
        Token name = Next();
        return name.Kind switch
        {
            TokenKind.Name => new AttributeExpression(position, node, name.Text),
            TokenKind.Integer => new ItemExpression(position, node, new ConstantExpression(name.Position, IntegerOf(name))),
            _ => throw new TemplateSyntaxException($"expected a name or a number, got {name}", name.Position),
        };
    }

    private Expression Subscript()
    {
        int start = Current.Position;
        Expression? from = null, to = null, step = null;
        if (!Current.IsOperator(":"))
        {
            from = ParseExpression();
            if (!Current.IsOperator(":")) return from;
        }

        ExpectOperator(":");
        if (!IsBound()) to = ParseExpression();
        if (SkipOperator(":") && !IsBound()) step = ParseExpression();
        return new SliceExpression(start, from, to, step);

        bool IsBound() => Current.IsOperator(":") || Current.IsOperator("]") || Current.IsOperator(",");
    }

    private List<T> List<T>(string end, Func<T> item, bool mayEndInComma = true)
    {
        var items = new List<T>();
        while (!Current.IsOperator(end))
        {
            if (items.Count > 0) ExpectOperator(",");
            if (mayEndInComma && Current.IsOperator(end)) break;
            items.Add(item());
        }

        Next();
        return items;
    }

    private ArgumentList CallArguments()
    {
        int start = Current.Position;
        ExpectOperator("(");
        var arguments = new ArgumentList();
        bool any = false;
        while (!Current.IsOperator(")"))
        {
            if (any) ExpectOperator(",");
            if (any && Current.IsOperator(")")) break;
            any = true;
            if (SkipOperator("*"))
            {
                Require(arguments.Spread is null && arguments.NamedSpread is null);
                arguments.Spread = ParseExpression();
            }
            else if (SkipOperator("**"))
            {
                Require(arguments.NamedSpread is null);
                arguments.NamedSpread = ParseExpression();
            }
            else if (Current.Kind == TokenKind.Name && Ahead.IsOperator("="))
            {
                Require(arguments.NamedSpread is null);
                string name = Next().Text;
                Next();
                arguments.Named.Add((name, ParseExpression()));
            }
            else
            {
                Require(arguments.Spread is null && arguments.NamedSpread is null && arguments.Named.Count == 0);
                arguments.Positional.Add(ParseExpression());
            }
        }

        Next();
        return arguments;

        void Require(bool rule)
        {
            if (!rule) throw new TemplateSyntaxException("invalid syntax for function call expression", start);
        }
    }

    private static IntValue IntegerOf(Token token)
    {
        string text = token.Text;
        if (text.Length > Budget.MostDigits) throw new TemplateSyntaxException("a whole number has too many digits", token.Position);
        if (text.Length < 2 || char.IsAsciiDigit(text[1])) return IntValue.Of(BigInteger.Parse(text, CultureInfo.InvariantCulture));
        BigInteger value = BigInteger.Zero;
        int size = char.ToLowerInvariant(text[1]) switch { 'b' => 2, 'o' => 8, _ => 16 };
        foreach (char c in text.AsSpan(2)) value = (value * size) + Convert.ToInt32(c.ToString(), 16);
        return IntValue.Of(value);
    }
}
