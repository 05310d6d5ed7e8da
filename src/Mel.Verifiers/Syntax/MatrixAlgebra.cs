using Mel.Verifiers.Numbers;

namespace Mel.Verifiers.Syntax;

/// <summary>Sums, products and determinants of matrices of expressions; null where an operand does not fit.</summary>
internal static class MatrixAlgebra
{
    private const int LargestProduct = 64;

    public static Node? Add(IReadOnlyList<Node> terms)
    {
        Node first = terms[0];
        foreach (Node term in terms)
            if (term.Kind != NodeKind.Matrix || term.Items.Length != first.Items.Length || !term.Value.Equals(first.Value)) return null;
        Node[] entries = new Node[first.Items.Length];
        for (int i = 0; i < entries.Length; i++) entries[i] = Nodes.Add([.. terms.Select(t => t.Items[i])]);
        return Nodes.Matrix(entries, Columns(first));
    }

    /// <summary>The matrix times a scalar; null for anything that is no matrix.</summary>
    public static Node? Scale(Node factor, Node matrix)
        => matrix.Kind == NodeKind.Matrix ? Nodes.Matrix([.. matrix.Items.Select(e => Nodes.Mul([factor, e]))], Columns(matrix)) : null;

    public static Node? Multiply(IReadOnlyList<Node> factors)
    {
        Node? scalar = null, matrix = null;
        foreach (Node factor in factors)
        {
            if (factor.Kind == NodeKind.Matrix)
            {
                matrix = matrix is null ? factor : Product(matrix, factor);
                if (matrix is null) return null;
            }
            else if (factor.Has(Traits.Structure)) return null;
            else scalar = scalar is null ? factor : Nodes.Mul([scalar, factor]);
        }
        return matrix is null ? null : scalar is null ? matrix : Scale(scalar, matrix);
    }

    /// <summary>Small powers of a square matrix, and the transpose for the exponent T.</summary>
    public static Node? Pow(Node matrix, Node exponent)
    {
        if (exponent is { Kind: NodeKind.Symbol, Name: "T" }) return Transposed(matrix);
        if (exponent.IsNumber && exponent.Value == new BigRational(-1)) return Inverse(matrix);
        if (!exponent.IsNumber || !exponent.Value.IsInteger || exponent.Value.Sign <= 0 || exponent.Value > new BigRational(8)) return null;
        Node? result = matrix;
        for (int n = (int)exponent.Value.Numerator; n > 1 && result is not null; n--) result = Product(result, matrix);
        return result;
    }

    /// <summary>The determinant by expansion, up to four rows.</summary>
    public static Node? Determinant(Node matrix)
    {
        int n = Columns(matrix);
        return matrix.Items.Length == n * n && n <= 4 ? Expand(matrix.Items, n) : null;
    }

    public static int Columns(Node matrix) => (int)matrix.Value.Numerator;

    // by cofactors, up to three rows; null for a determinant that is the number zero
    private static Node? Inverse(Node matrix)
    {
        int n = Columns(matrix);
        if (n > 3 || Determinant(matrix) is not { } determinant || determinant is { IsNumber: true, Value.IsZero: true }) return null;
        Node[] entries = new Node[n * n];
        for (int r = 0; r < n; r++)
            for (int c = 0; c < n; c++)
            {
                Node[] minor = [.. matrix.Items.Where((_, i) => i / n != r && i % n != c)];
                Node cofactor = n == 1 ? Nodes.One : Expand(minor, n - 1);
                entries[c * n + r] = Nodes.Divide((r + c) % 2 == 0 ? cofactor : Nodes.Negate(cofactor), determinant);
            }
        return Nodes.Matrix(entries, n);
    }

    private static Node Transposed(Node matrix)
    {
        int columns = Columns(matrix), rows = matrix.Items.Length / columns;
        Node[] entries = new Node[matrix.Items.Length];
        for (int r = 0; r < rows; r++)
            for (int c = 0; c < columns; c++) entries[c * rows + r] = matrix.Items[r * columns + c];
        return Nodes.Matrix(entries, rows);
    }

    private static Node Expand(Node[] entries, int n)
    {
        if (n == 1) return entries[0];
        Node[] terms = new Node[n];
        for (int column = 0; column < n; column++)
        {
            Node[] minor = [.. entries.Where((_, i) => i >= n && i % n != column)];
            Node term = Nodes.Mul([entries[column], Expand(minor, n - 1)]);
            terms[column] = column % 2 == 0 ? term : Nodes.Negate(term);
        }
        return Nodes.Add(terms);
    }

    private static Node? Product(Node a, Node b)
    {
        int inner = Columns(a), columns = Columns(b), rows = a.Items.Length / inner;
        if (b.Items.Length / columns != inner || rows * columns > LargestProduct || inner > 8 || a.Size + b.Size > 2000) return null;
        Node[] entries = new Node[rows * columns];
        for (int r = 0; r < rows; r++)
            for (int c = 0; c < columns; c++)
            {
                Node[] terms = new Node[inner];
                for (int k = 0; k < inner; k++) terms[k] = Nodes.Mul([a.Items[r * inner + k], b.Items[k * columns + c]]);
                entries[r * columns + c] = Nodes.Add(terms);
            }
        return Nodes.Matrix(entries, columns);
    }
}
