using Mel.Runtime;

namespace Mel.Diagnostics;

/// <summary>A part of a run at work: what it is there for, its type, and what it works on.</summary>
/// <param name="Role">What the part is to the run, for instance <c>verifier</c>.</param>
/// <param name="Part">The part; messages name its type.</param>
/// <param name="Prompt">Id of the prompt it works on; null where it works on several or none.</param>
/// <param name="Trajectory">Index of the trajectory in the group of the prompt; null where it works on several or none.</param>
internal readonly record struct PartPlace(string Role, object Part, string? Prompt = null, int? Trajectory = null)
{
    /// <summary>Name of the part's type.</summary>
    public string Name => Part.GetType().Name;

    /// <summary>What the part works on, as the end of a sentence that begins with it; empty where it is not known.</summary>
    public string At => (Prompt, Trajectory) switch
    {
        (null, _) => string.Empty,
        (_, null) => $" at prompt '{Excerpt.Of(Prompt)}'",
        _ => $" at prompt '{Excerpt.Of(Prompt)}', trajectory {Trajectory}",
    };

    /// <summary>The exception for something the part returned and should not have.</summary>
    /// <param name="problem">What it returned, what is expected and what to do: the sentence after the name of the part.</param>
    public PartResultException Broken(string problem)
    {
        PartResultException broken = new(Name, $"{this} {problem}");
        RunFailure.Attach(broken, this);
        return broken;
    }

    /// <summary>Role and type, as the beginning of a sentence.</summary>
    public override string ToString() => $"The {Role} {Name}";
}
