using System.Runtime.CompilerServices;
using Mel.Transformers.Python;

namespace Mel.Transformers.Templates;

/// <summary>
/// The names of a part of a template that has a scope of its own: the whole, the body of a loop, a macro. As in Jinja it is settled before anything runs
/// whether a name is one of this part, of one around it, or of the conversation.
/// </summary>
/// <param name="parent">The part around it, or null.</param>
internal sealed class Frame(Frame? parent)
{
    private readonly Dictionary<string, int> _slots = new(StringComparer.Ordinal);
    private readonly List<Load> _loads = [];

    private enum LoadKind
    {
        Parameter,
        Resolve,
        Copy,
        Nothing,
    }

    private readonly record struct Load(LoadKind Kind, string Name, Place Outer);

    /// <summary>Where a name lies: how many scopes further out, and the slot there.</summary>
    public readonly record struct Place(int Hops, int Slot);

    /// <summary>Whether it is the whole template.</summary>
    public bool IsTop => parent is null;

    /// <summary>The part around it, or null.</summary>
    public Frame? Parent => parent;

    /// <summary>The names that have a slot here.</summary>
    public IEnumerable<KeyValuePair<string, int>> Names => _slots;

    /// <summary>A name is read.</summary>
    public void Read(string name)
    {
        if (Find(name) is null) Define(name, new Load(LoadKind.Resolve, name, default));
    }

    /// <summary>A name is set.</summary>
    /// <param name="name">The name.</param>
    /// <param name="inBranch">Whether it is set under a condition.</param>
    public void Set(string name, bool inBranch)
    {
        if (_slots.ContainsKey(name)) return;
        if (parent?.Find(name) is { } outer) Define(name, new Load(LoadKind.Copy, name, outer));
        else Define(name, new Load(inBranch ? LoadKind.Resolve : LoadKind.Nothing, name, default));
    }

    /// <summary>A name is given a value when the part begins.</summary>
    public int Parameter(string name)
    {
        var load = new Load(LoadKind.Parameter, name, default);
        if (_slots.TryGetValue(name, out int slot)) _loads[slot] = load;
        else Define(name, load);
        return _slots[name];
    }

    /// <summary>Where a name lies, or null where no part has it.</summary>
    public Place? Find(string name)
    {
        int hops = 0;
        for (Frame? frame = this; frame is not null; frame = frame.Parent, hops++)
        {
            if (frame._slots.TryGetValue(name, out int slot)) return new Place(hops, slot);
        }

        return null;
    }

    /// <summary>A scope for the part, with what its names begin as.</summary>
    public Scope Enter(Scope? outer, Rendering rendering)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        rendering.Budget.Charge(1 + _loads.Count);
        var values = new Value?[_loads.Count];
        for (int i = 0; i < values.Length; i++)
        {
            Load load = _loads[i];
            values[i] = load.Kind switch
            {
                LoadKind.Resolve => rendering.Resolve(load.Name),
                LoadKind.Copy => outer!.Get(load.Outer),
                _ => null,
            };
        }

        return new Scope(values, outer, rendering);
    }

    private void Define(string name, Load load)
    {
        _slots.Add(name, _loads.Count);
        _loads.Add(load);
    }
}

/// <summary>The values of the names of a <see cref="Frame"/> while it runs; null is a name without a value.</summary>
internal sealed class Scope(Value?[] values, Scope? outer, Rendering rendering)
{
    /// <summary>What is being rendered.</summary>
    public Rendering Rendering => rendering;

    /// <summary>The scope around this one.</summary>
    public Scope? Outer => outer;

    public Value? this[int slot]
    {
        get => values[slot];
        set => values[slot] = value;
    }

    public Value? Get(Frame.Place place)
    {
        Scope scope = this;
        for (int i = 0; i < place.Hops; i++) scope = scope.Outer!;
        return scope[place.Slot];
    }
}
