using System.Runtime.CompilerServices;

namespace Mel.Transformers.Templates;

internal sealed partial class ExpressionParser
{
    /// <summary>The most expressions within each other.</summary>
    private const int Deepest = 500;

    private Expression Condition()
    {
        Descend();
        int start = Current.Position;
        Expression then = Or();
        while (SkipName("if"))
        {
            Expression test = Or();
            then = new ConditionExpression(start, test, then, SkipName("else") ? Condition() : null);
        }

        _depth--;
        return then;
    }

    private Expression Or()
    {
        Expression left = And();
        while (Current.IsName("or")) left = new LogicExpression(Next().Position, isOr: true, left, And());
        return left;
    }

    private Expression And()
    {
        Expression left = Not();
        while (Current.IsName("and")) left = new LogicExpression(Next().Position, isOr: false, left, Not());
        return left;
    }

    private Expression Not()
    {
        Descend();
        Expression node = Current.IsName("not") ? new UnaryExpression(Next().Position, "not", Not()) : Compare();
        _depth--;
        return node;
    }

    private Expression Compare()
    {
        int start = Current.Position;
        Expression first = Sum();
        var others = new List<(string, Expression)>();
        while (true)
        {
            if (Current is { Kind: TokenKind.Operator, Text: "==" or "!=" or "<" or "<=" or ">" or ">=" }) others.Add((Next().Text, Sum()));
            else if (SkipName("in")) others.Add(("in", Sum()));
            else if (Current.IsName("not") && Ahead.IsName("in"))
            {
                _at += 2;
                others.Add(("not in", Sum()));
            }
            else break;
        }

        return others.Count == 0 ? first : new CompareExpression(start, first, others);
    }

    private Expression Sum()
    {
        Expression left = Concat();
        while (Current is { Kind: TokenKind.Operator, Text: "+" or "-" } sign)
        {
            Next();
            left = new ArithmeticExpression(sign.Position, sign.Text, left, Concat());
        }

        return left;
    }

    private Expression Concat()
    {
        int start = Current.Position;
        List<Expression> parts = [Product()];
        while (SkipOperator("~")) parts.Add(Product());
        return parts.Count == 1 ? parts[0] : new ConcatExpression(start, parts);
    }

    private Expression Product()
    {
        Expression left = Power();
        while (Current is { Kind: TokenKind.Operator, Text: "*" or "/" or "//" or "%" } sign)
        {
            Next();
            left = new ArithmeticExpression(sign.Position, sign.Text, left, Power());
        }

        return left;
    }

    private Expression Power()
    {
        Expression left = Unary(withFilter: true);
        while (Current.IsOperator("**")) left = new ArithmeticExpression(Next().Position, "**", left, Unary(withFilter: true));
        return left;
    }

    private Expression Unary(bool withFilter)
    {
        Descend();
        Expression node = Current is { Kind: TokenKind.Operator, Text: "-" or "+" } sign
            ? new UnaryExpression(Next().Position, sign.Text, Unary(withFilter: false))
            : Primary();
        _depth--;
        node = Postfix(node);
        if (!withFilter) return node;
        while (true)
        {
            if (Current.IsOperator("|")) node = Filter(node)!;
            else if (Current.IsName("is")) node = Test(node);
            else if (Current.IsOperator("(")) node = new CallExpression(Current.Position, node, CallArguments());
            else return node;
        }
    }

    // By a number, not by what the stack holds: whether a template can be read is no matter of the thread that reads it.
    private void Descend()
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        if (++_depth > Deepest) throw new TemplateSyntaxException($"more than {Deepest} expressions lie within each other", Current.Position);
    }
}
