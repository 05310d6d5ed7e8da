using System.Runtime.CompilerServices;
using System.Text;
using Mel.Transformers.Python;

namespace Mel.Transformers.Templates;

/// <summary>Two values and an operator of arithmetic.</summary>
internal sealed class ArithmeticExpression(int position, string sign, Expression left, Expression right) : Expression(position)
{
    protected override IEnumerable<Expression> Children => [left, right];

    public override Value Evaluate(Scope scope)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        Value a = left.Evaluate(scope), b = right.Evaluate(scope);
        scope.Rendering.Step(Position);
        Budget budget = scope.Rendering.Budget;
        return sign switch
        {
            "+" => Operators.Add(a, b, budget),
            "-" => Operators.Subtract(a, b, budget),
            "*" => Operators.Multiply(a, b, budget),
            "/" => Operators.Divide(a, b),
            "//" => Operators.FloorDivide(a, b),
            "%" => Operators.Modulo(a, b, budget),
            _ => Operators.Power(a, b, budget),
        };
    }
}

/// <summary>A sign before a value, or <c>not</c>.</summary>
internal sealed class UnaryExpression(int position, string sign, Expression operand) : Expression(position)
{
    protected override IEnumerable<Expression> Children => [operand];

    public override Value Evaluate(Scope scope)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        Value value = operand.Evaluate(scope);
        scope.Rendering.Step(Position);
        return sign switch
        {
            "-" => Operators.Negate(value),
            "+" => Operators.Plus(value),
            _ => BoolValue.Of(!value.IsTrue),
        };
    }
}

/// <summary><c>and</c> and <c>or</c>, whose value is that of one side.</summary>
internal sealed class LogicExpression(int position, bool isOr, Expression left, Expression right) : Expression(position)
{
    protected override IEnumerable<Expression> Children => [left, right];

    public override Value Evaluate(Scope scope)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        Value value = left.Evaluate(scope);
        scope.Rendering.Step(Position);
        return value.IsTrue == isOr ? value : right.Evaluate(scope);
    }
}

/// <summary>Texts of values in a row, joined by <c>~</c>.</summary>
internal sealed class ConcatExpression(int position, IReadOnlyList<Expression> parts) : Expression(position)
{
    protected override IEnumerable<Expression> Children => parts;

    public override Value Evaluate(Scope scope)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        Rendering rendering = scope.Rendering;
        Value[] values = [.. parts.Select(part => part.Evaluate(scope))];
        rendering.Step(Position);
        var text = new StringBuilder();
        bool isSafe = rendering.Escapes && values.Any(value => value is TextValue { IsSafe: true });
        foreach (Value value in values)
        {
            string part = isSafe ? TextValue.Escaped(value, rendering.Budget).Text : value.ToText(rendering.Budget);
            rendering.Budget.ChargeText(part.Length);
            rendering.Write(text, part);
        }

        return new TextValue(text.ToString(), isSafe);
    }
}

/// <summary>Comparisons in a row: <c>1 &lt; x &lt;= 5</c>.</summary>
internal sealed class CompareExpression(int position, Expression first, IReadOnlyList<(string Sign, Expression Operand)> others) : Expression(position)
{
    protected override IEnumerable<Expression> Children => [first, .. others.Select(other => other.Operand)];

    public override Value Evaluate(Scope scope)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        Value left = first.Evaluate(scope);
        foreach ((string sign, Expression operand) in others)
        {
            Value right = operand.Evaluate(scope);
            scope.Rendering.Step(Position);
            if (!Holds(left, sign, right, scope.Rendering.Budget)) return BoolValue.False;
            left = right;
        }

        return BoolValue.True;
    }

    /// <summary>Whether a comparison holds.</summary>
    public static bool Holds(Value left, string sign, Value right, Budget budget)
    {
        budget.Charge(Math.Min(left.Weight, right.Weight));
        return sign switch
        {
            "==" => left.Same(right),
            "!=" => !left.Same(right),
            "<" => Operators.Order(left, right, sign) < 0,
            "<=" => Operators.Order(left, right, sign) <= 0,
            ">" => Operators.Order(left, right, sign) > 0,
            ">=" => Operators.Order(left, right, sign) >= 0,
            "in" => Operators.Contains(right, left, budget),
            _ => !Operators.Contains(right, left, budget),
        };
    }
}

/// <summary>One value or another: <c>a if b else c</c>.</summary>
internal sealed class ConditionExpression(int position, Expression test, Expression then, Expression? otherwise) : Expression(position)
{
    protected override IEnumerable<Expression> Children => otherwise is null ? [test, then] : [test, then, otherwise];

    public override void Bind(Frame frame, bool isSoft) => base.Bind(frame, isSoft: true);

    public override Value Evaluate(Scope scope)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        scope.Rendering.Step(Position);
        if (test.Evaluate(scope).IsTrue) return then.Evaluate(scope);
        return otherwise?.Evaluate(scope)
            ?? new UndefinedValue("the inline if-expression evaluated to false and no else section was defined.");
    }
}
