using Mel.Verifiers.Syntax;

namespace Mel.Verifiers.Parsing;

internal sealed partial class Parser
{
    private enum Layout { Matrix, System, Branches }

    // \begin{..}: a matrix, a system of relations, or values with their conditions. A left brace without a right one says that it is no matrix.
    private Node? Environment(bool opened = false)
    {
        string name = Current.Text;
        int end = ClosingEnd(_at);
        if (end < 0) return Malformed();
        bool loose = name is "array" || opened && name is "matrix";
        Layout layout = IsMatrix(name) && !loose ? Layout.Matrix : LayoutOf(loose, opened, _at + 1, end);
        if (layout == Layout.System) end = Realign(_at + 1, end);
        _at++;
        bool outer = _separating;
        int bars = _bars, branches = _branches;
        _separating = true;
        _bars = 0;
        _branches = layout == Layout.Branches ? 1 : 0;
        Node? result = layout switch
        {
            Layout.Matrix => Matrix(name),
            Layout.System => System(),
            _ => BranchRows(),
        };
        _separating = outer;
        _bars = bars;
        _branches = branches;
        return result;
    }

    private Node? Matrix(string name)
    {
        List<Node> entries = [];
        int columns = 0, column = 0;
        while (true)
        {
            while (Kind == TokenKind.RowBreak) _at++;
            if (Kind == TokenKind.EndEnvironment) break;
            if (Kind == TokenKind.Ampersand)
            {
                _at++;
                continue;
            }
            if (Kind == TokenKind.End) return Malformed();
            Node? entry = Sequence();
            if (entry is null) return null;
            if (entry.Kind == NodeKind.List) return Malformed();
            entries.Add(entry);
            if (entries.Count > _limits.Items) return Exceeded();
            column++;
            if (Kind is TokenKind.RowBreak or TokenKind.EndEnvironment)
            {
                if (columns == 0) columns = column;
                if (column != columns) return Malformed();
                column = 0;
            }
            else if (Kind != TokenKind.Ampersand) return Malformed();
        }
        _at++;
        if (entries.Count == 0) return Malformed();
        Node? matrix = Made(Nodes.Matrix([.. entries], columns));
        return matrix is not null && name == "vmatrix" ? Determinant(matrix) : matrix;
    }

    // the rows hold together, whatever their order
    private Node? System()
    {
        List<Node> rows = [];
        bool lists = false;
        while (true)
        {
            SkipRowEnd();
            if (Kind == TokenKind.EndEnvironment) break;
            Node? row = Sequence();
            if (row is null) return null;
            lists |= row.Kind == NodeKind.List;
            rows.Add(row);
            if (rows.Count > _limits.Items) return Exceeded();
            SkipDot();
            if (Kind is not (TokenKind.RowBreak or TokenKind.EndEnvironment)) return Malformed();
        }
        _at++;
        if (rows.Count < 2) return rows.Count == 0 ? Malformed() : rows[0];
        if (!lists) return Made(Nodes.Structure(NodeKind.List, [.. rows], ListSeparators.AllAnd(rows.Count)));
        for (int i = 0; i < rows.Count; i++)
            rows[i] = Nodes.Structure(NodeKind.Group, rows[i].Kind == NodeKind.List ? rows[i].Items : [rows[i]]);
        return Made(Nodes.Structure(NodeKind.List, [.. rows], "g"));
    }

    private void SkipRowEnd()
    {
        while (Kind == TokenKind.RowBreak) _at++;
    }

    private void SkipDot()
    {
        while (Kind is TokenKind.Unknown && Current.Text == "." || Kind == TokenKind.Wide) _at++;
    }

    // the \end of the environment that begins at an index, or -1
    private int ClosingEnd(int begin)
    {
        int depth = 0;
        for (int i = begin; i < _tokens.Count; i++)
        {
            if (_tokens[i].Kind == TokenKind.Begin) depth++;
            else if (_tokens[i].Kind == TokenKind.EndEnvironment && --depth == 0) return i;
        }
        return -1;
    }

    // branches have a condition behind an ampersand or behind a word; an array is a matrix unless it relates something
    private Layout LayoutOf(bool isArray, bool opened, int start, int end)
    {
        int depth = 0, cell = 0, first = start;
        bool relates = false, related = false, branches = false;
        for (int i = start; i <= end; i++)
        {
            TokenKind kind = _tokens[i].Kind;
            bool top = depth == 0;
            if (Opens(kind)) depth++;
            else if (i < end && Shuts(kind)) depth--;
            if (!top) continue;
            if (kind is TokenKind.Ampersand or TokenKind.RowBreak || i == end)
            {
                // x & x > 0: the first cell relates nothing, the second does
                bool condition = cell > 0 && related && !relates && !IsMark(first, start);
                branches |= condition;
                relates |= related;
                related = false;
                cell = kind == TokenKind.Ampersand ? cell + 1 : 0;
                first = i + 1;
                if (kind != TokenKind.Ampersand)
                {
                    opened |= relates;
                    relates = false;
                }
            }
            else if (kind == TokenKind.Relation) related = true;
            else if (kind is TokenKind.Text or TokenKind.Word && (cell > 0 || i > first && IsBranchWord(_tokens[i]))) branches = true;
        }
        return branches ? Layout.Branches : isArray && !opened ? Layout.Matrix : Layout.System;
    }

    // whether the ampersand before an index marks a place inside a relation: x &= 1, x =& 1, x + y &+ z = 1
    private bool IsMark(int cell, int start)
        => _tokens[cell].Kind is TokenKind.Relation or TokenKind.Plus or TokenKind.Minus or TokenKind.Times
            || cell - 2 >= start && _tokens[cell - 2].Kind is TokenKind.Relation or TokenKind.Plus or TokenKind.Minus or TokenKind.RowBreak
            || cell - 2 < start;

    // takes the alignment marks out of a system, and makes a comma of the ampersands that separate; gives the new index of its end
    private int Realign(int start, int end)
    {
        int depth = 0, write = start;
        for (int i = start; i < end; i++)
        {
            Token token = _tokens[i];
            if (depth == 0 && token.Kind == TokenKind.Ampersand)
            {
                if (IsMark(i + 1, start) || _tokens[write - 1].Kind is TokenKind.Comma or TokenKind.RowBreak
                    || _tokens[i + 1].Kind is TokenKind.RowBreak or TokenKind.EndEnvironment or TokenKind.Ampersand) continue;
                token = token with { Kind = TokenKind.Comma, Text = ",", SpaceBefore = true };
            }
            // a row that begins with a relation goes on with the row before
            if (depth == 0 && token.Kind == TokenKind.Relation && write > start && _tokens[write - 1].Kind == TokenKind.RowBreak) write--;
            if (Opens(token.Kind)) depth++;
            else if (Shuts(token.Kind)) depth--;
            _tokens[write++] = token;
        }
        _tokens.RemoveRange(write, end - write);
        return write;
    }

    private static bool Opens(TokenKind kind)
        => kind is TokenKind.OpenParen or TokenKind.OpenGroup or TokenKind.OpenSet or TokenKind.OpenBracket or TokenKind.OpenBar or TokenKind.Begin;

    private static bool Shuts(TokenKind kind)
        => kind is TokenKind.CloseParen or TokenKind.CloseGroup or TokenKind.CloseSet or TokenKind.CloseBracket or TokenKind.CloseBar
            or TokenKind.EndEnvironment;

    private static bool IsMatrix(string name)
        => name is "pmatrix" or "bmatrix" or "Bmatrix" or "matrix" or "smallmatrix" or "vmatrix" or "Vmatrix" or "psmallmatrix" or "bsmallmatrix";
}
