using Mel.Verifiers.Evaluation;
using Mel.Verifiers.Syntax;

namespace Mel.Verifiers.Equivalence;

/// <summary>Free integers of a family of solutions, as k in x = pi/4 + k pi: their letter means nothing, and "k in Z" need not be said.</summary>
internal static class FreeParameters
{
    /// <summary>The answer without statements that a counter is an integer, where something else is left.</summary>
    public static Node WithoutStatement(Node node)
    {
        if (node.Kind is not (NodeKind.List or NodeKind.Group) || !Array.Exists(node.Items, IsStatement)) return node;
        Node[] rest = Array.FindAll(node.Items, static i => !IsStatement(i));
        if (rest.Length == 0) return node;
        foreach (Node item in node.Items)
            if (IsStatement(item) && !Array.Exists(rest, r => Occurs(r, item.Items[0].Name))) return node;
        return rest.Length == 1 ? rest[0] : Nodes.Structure(node.Kind, rest, node.Name);
    }

    /// <summary>The prediction with its free integer called as the gold calls its own, or null where there is not one on each side.</summary>
    public static Node? Renamed(Node gold, Node prediction)
    {
        string? from = Only(prediction, gold), to = Only(gold, prediction);
        return from is null || to is null ? null : prediction.Rewrite(n => n.Kind == NodeKind.Symbol && n.Name == from ? Nodes.Symbol(to) : null);
    }

    private static bool IsStatement(Node node)
        => node is { Kind: NodeKind.Relation, Name: "∈", Items.Length: 2 } && node.Items[0].Kind == NodeKind.Symbol && SamplePoint.IsCounter(node.Items[0].Name)
            && node.Items[1] is { Kind: NodeKind.NamedSet, Name: "Z" };

    // the one free integer of a tree that the other tree does not name
    private static string? Only(Node node, Node other)
    {
        List<string> free = [];
        Collect(node, stated: false, free);
        free.RemoveAll(name => Occurs(other, name));
        return free.Count == 1 ? free[0] : null;
    }

    // stated to be an integer, or a counter that multiplies a period
    private static void Collect(Node node, bool stated, List<string> names)
    {
        if (node.Kind == NodeKind.Symbol && stated && SamplePoint.IsCounter(node.Name) && !names.Contains(node.Name)) names.Add(node.Name);
        bool period = node.Kind == NodeKind.Mul
            && Array.Exists(node.Items, static i => i is { Kind: NodeKind.Constant, Name: "pi" } or { Kind: NodeKind.Degree })
            || node.Kind == NodeKind.Degree;
        bool direct = period || IsStatement(node) || stated && node.Kind is NodeKind.Add or NodeKind.Mul;
        foreach (Node item in node.Items) Collect(item, direct, names);
    }

    private static bool Occurs(Node node, string name)
        => node.Kind == NodeKind.Symbol && node.Name == name || Array.Exists(node.Items, i => Occurs(i, name));
}
