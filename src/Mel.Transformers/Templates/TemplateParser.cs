using System.Runtime.CompilerServices;

namespace Mel.Transformers.Templates;

/// <summary>Reads the statements of a template.</summary>
internal sealed class TemplateParser
{
    /// <summary>The most statements within each other.</summary>
    private const int Deepest = 100;

    private static readonly string[] Specials = ["caller", "kwargs", "varargs"];

    private readonly ExpressionParser _expressions;
    private readonly List<HashSet<string>> _macros = [];
    private readonly Dictionary<string, BlockStatement> _blocks = new(StringComparer.Ordinal);
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private int _loops, _loopReads, _loopSets, _depth;

    private TemplateParser(IReadOnlyList<Token> tokens) => _expressions = new ExpressionParser(tokens) { OnName = Note };

    /// <summary>The named blocks.</summary>
    public IReadOnlyDictionary<string, BlockStatement> Blocks => _blocks;

    /// <summary>All names that are read anywhere.</summary>
    public IReadOnlySet<string> Names => _names;

    /// <summary>Reads a whole template.</summary>
    /// <exception cref="TemplateSyntaxException">It cannot be read.</exception>
    public static (Body Body, TemplateParser Parser) Parse(IReadOnlyList<Token> tokens)
    {
        var parser = new TemplateParser(tokens);
        return (parser.Statements(), parser);
    }

    private Token Current => _expressions.Current;

    private void Note(NameExpression name)
    {
        _names.Add(name.Name);
        if (name.Name == "loop") _loopReads++;
        if (!Specials.Contains(name.Name)) return;
        if (_macros.Count > 0) _macros[^1].Add(name.Name);
    }

    /// <summary>The statements up to a tag with one of some names, of which the name is the next token.</summary>
    private Body Statements(params ReadOnlySpan<string> ends)
    {
        if (_depth == Deepest) throw new TemplateSyntaxException($"more than {Deepest} statements lie within each other", Current.Position);
        _depth++;
        Body body = new(StatementsWithin(ends));
        _depth--;
        return body;
    }

    private List<Statement> StatementsWithin(ReadOnlySpan<string> ends)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        var statements = new List<Statement>();
        while (true)
        {
            Token token = _expressions.Next();
            switch (token.Kind)
            {
                case TokenKind.Data:
                    statements.Add(new DataStatement(token.Position, token.Text));
                    break;
                case TokenKind.VariableBegin:
                    statements.Add(new PrintStatement(token.Position, [_expressions.ParseTuple()]));
                    _expressions.Expect(TokenKind.VariableEnd, "the end of the expression");
                    break;
                case TokenKind.BlockBegin:
                    if (Current.Kind == TokenKind.Name && ends.Contains(Current.Text)) return statements;
                    if (Parse(_expressions.Expect(TokenKind.Name, "the name of a statement")) is { } statement) statements.Add(statement);
                    EndTag();
                    break;
                default:
                    if (ends.Length == 0) return statements;
                    throw new TemplateSyntaxException($"the template ends where '{string.Join("' or '", ends.ToArray())}' is expected", token.Position);
            }
        }
    }

    /// <summary>The body of a statement, from the end of its tag to the name that ends it.</summary>
    private Body Inner(params ReadOnlySpan<string> ends)
    {
        _expressions.SkipOperator(":");
        EndTag();
        return Statements(ends);
    }

    private Body Last(string end)
    {
        Body body = Inner(end);
        _expressions.Next();
        return body;
    }

    private void EndTag() => _expressions.Expect(TokenKind.BlockEnd, "the end of the statement");

    private Statement? Parse(Token tag) => tag.Text switch
    {
        "if" => If(tag),
        "for" => For(tag),
        "set" => Set(tag),
        "macro" => Macro(),
        "call" => Call(tag),
        "generation" => Generation(tag),
        "filter" => FilterBlock(tag),
        "with" => With(tag),
        "print" => Print(tag),
        "break" or "continue" => _loops > 0
            ? new LeaveStatement(tag.Position, tag.Text == "break" ? Flow.Break : Flow.Continue)
            : throw new TemplateSyntaxException($"'{tag.Text}' stands outside a loop", tag.Position),
        "block" => Block(tag),
        "autoescape" => new EscapeStatement(tag.Position, _expressions.ParseExpression(), Last("endautoescape")),
        "include" or "import" or "from" or "extends" => Load(tag),
        _ => throw new TemplateSyntaxException($"there is no statement named {tag}", tag.Position),
    };

    private IfStatement If(Token tag)
    {
        var branches = new List<(Expression, Body)>();
        while (true)
        {
            Expression test = _expressions.ParseTuple(withCondition: false);
            branches.Add((test, Inner("elif", "else", "endif")));
            Token end = _expressions.Next();
            if (end.Text == "elif") continue;
            return new IfStatement(tag.Position, branches, end.Text == "else" ? Last("endif") : Body.Empty);
        }
    }

    private LoopStatement For(Token tag)
    {
        int sets = _loopSets;
        Expression target = Target(end: "in");
        _expressions.ExpectName("in");
        Expression values = _expressions.ParseTuple(withCondition: false, end: "recursive");
        Expression? test = _expressions.SkipName("if") ? _expressions.ParseExpression() : null;
        bool isRecursive = _expressions.SkipName("recursive");
        int reads = _loopReads;
        _loops++;
        Body body = Inner("endfor", "else");
        _loops--;
        bool hasLoop = isRecursive || _loopReads > reads;
        Body otherwise = _expressions.Next().Text == "else" ? Last("endfor") : Body.Empty;
        if (hasLoop && _loopSets > sets) throw new TemplateSyntaxException("'loop' cannot be assigned to in a loop that reads it", tag.Position);
        return new LoopStatement(tag.Position, target, values, test, isRecursive, body, otherwise);
    }

    private Statement Set(Token tag)
    {
        Expression target = Target(withNamespace: true);
        if (_expressions.SkipOperator("=")) return new SetStatement(tag.Position, target, _expressions.ParseTuple());
        var filter = (FilterExpression?)_expressions.Filter(null);
        return new SetBlockStatement(tag.Position, target, filter, Last("endset"));
    }

    private MacroStatement Macro()
    {
        NameExpression name = NameTarget();
        return new MacroStatement(name, Definition(name.Name, Parameters(), "endmacro"));
    }

    private CallStatement Call(Token tag)
    {
        List<(NameExpression, Expression?)> parameters = Current.IsOperator("(") ? Parameters() : [];
        if (_expressions.ParseExpression() is not CallExpression call) throw new TemplateSyntaxException("a call is expected", tag.Position);
        return new CallStatement(tag.Position, call, Definition(null, parameters, "endcall"));
    }

    private GenerationStatement Generation(Token tag) => new(tag.Position, Definition(null, [], "endgeneration"));

    private MacroDefinition Definition(string? name, List<(NameExpression Name, Expression? Default)> parameters, string end)
    {
        int loops = _loops;
        _loops = 0;
        _macros.Add(new HashSet<string>(StringComparer.Ordinal));
        Body body = Last(end);
        HashSet<string> reads = _macros[^1];
        _macros.RemoveAt(_macros.Count - 1);
        if (_macros.Count > 0) _macros[^1].UnionWith(reads);
        _loops = loops;
        if (reads.Contains("caller") && parameters.Find(parameter => parameter.Name.Name == "caller") is { Name: { } caller, Default: null })
            throw new TemplateSyntaxException("a parameter named 'caller' needs a default", caller.Position);
        return new MacroDefinition(name, parameters, body, reads);
    }

    private List<(NameExpression Name, Expression? Default)> Parameters()
    {
        var parameters = new List<(NameExpression Name, Expression? Default)>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        _expressions.ExpectOperator("(");
        while (!Current.IsOperator(")"))
        {
            if (parameters.Count > 0) _expressions.ExpectOperator(",");
            NameExpression name = NameTarget();
            Expression? otherwise = _expressions.SkipOperator("=") ? _expressions.ParseExpression() : null;
            if (otherwise is null && parameters is [.., (_, not null)])
                throw new TemplateSyntaxException("a parameter without a default follows one with a default", name.Position);
            if (!names.Add(name.Name))
                throw new TemplateSyntaxException($"two parameters are named '{name.Name}'", name.Position);
            parameters.Add((name, otherwise));
        }

        _expressions.Next();
        return parameters;
    }

    private FilterBlockStatement FilterBlock(Token tag)
    {
        var filter = (FilterExpression)_expressions.Filter(null, begun: true)!;
        return new FilterBlockStatement(tag.Position, filter, Last("endfilter"));
    }

    private WithStatement With(Token tag)
    {
        var names = new List<(Expression, Expression)>();
        while (Current.Kind != TokenKind.BlockEnd)
        {
            if (names.Count > 0) _expressions.ExpectOperator(",");
            Expression target = Target();
            _expressions.ExpectOperator("=");
            names.Add((target, _expressions.ParseExpression()));
        }

        return new WithStatement(tag.Position, names, Last("endwith"));
    }

    private PrintStatement Print(Token tag)
    {
        var values = new List<Expression>();
        while (Current.Kind != TokenKind.BlockEnd)
        {
            if (values.Count > 0) _expressions.ExpectOperator(",");
            values.Add(_expressions.ParseExpression());
        }

        return new PrintStatement(tag.Position, values);
    }

    private BlockStatement Block(Token tag)
    {
        Token name = _expressions.Expect(TokenKind.Name, "the name of the block");
        bool isScoped = _expressions.SkipName("scoped"), isRequired = _expressions.SkipName("required");
        int loops = _loops;
        _loops = 0;
        Body body = Last("endblock");
        _loops = loops;
        _expressions.SkipName(name.Text);
        var block = new BlockStatement(tag.Position, name.Text, isScoped, isRequired, body);
        if (!_blocks.TryAdd(name.Text, block)) throw new TemplateSyntaxException($"two blocks are named {name}", name.Position);
        return block;
    }

    private LoadStatement Load(Token tag)
    {
        List<Expression> values = [_expressions.ParseExpression()];
        var names = new List<string>();
        if (tag.Text == "import")
        {
            _expressions.ExpectName("as");
            names.Add(NameTarget().Name);
        }
        else if (tag.Text == "from") _expressions.ExpectName("import");

        while (Current.Kind != TokenKind.BlockEnd)
        {
            if (_expressions.SkipOperator(",")) continue;
            string name = _expressions.Expect(TokenKind.Name, "a name").Text;
            if (tag.Text != "from" || (name is "with" or "without" && Current.IsName("context"))) continue;
            names.Add(_expressions.SkipName("as") ? NameTarget().Name : name);
        }

        return new LoadStatement(tag.Position, tag.Text, values, names);
    }

    private Expression Target(bool withNamespace = false, string? end = null)
    {
        Token start = Current;
        _expressions.OnName = name => _loopSets += name.Name == "loop" ? 1 : 0;
        Expression target = _expressions.ParseTuple(simple: true, withNamespace: withNamespace, end: end);
        _expressions.OnName = Note;
        return target.CanBeSet ? target : throw new TemplateSyntaxException($"{start} cannot be assigned to", start.Position);
    }

    private NameExpression NameTarget()
    {
        Token token = _expressions.Expect(TokenKind.Name, "a name");
        return token.Text is "true" or "false" or "none" or "True" or "False" or "None"
            ? throw new TemplateSyntaxException($"{token} cannot be assigned to", token.Position)
            : Named(token);

        NameExpression Named(Token name)
        {
            if (name.Text == "loop") _loopSets++;
            return new NameExpression(name.Position, name.Text);
        }
    }
}
