namespace Mel.Runtime;

/// <summary>
/// A part of a run that says what about it changes the numbers of the run. A part that does not implement this is known to the run by the name of its type
/// alone.
/// </summary>
public interface IRunPart
{
    /// <summary>Names every setting of this part and every part inside it. A decorator names the part it wraps.</summary>
    /// <param name="identity">Receives names and values.</param>
    void Describe(RunIdentity identity);
}

/// <summary>
/// A part of a run that remembers something from step to step, which a checkpoint must hold for a resumed run to equal one that never stopped.
/// </summary>
public interface IRunState
{
    /// <summary>What is remembered at the end of a step, in a form of the part's own.</summary>
    ReadOnlyMemory<byte> SaveState();

    /// <summary>Takes up what an earlier process saved.</summary>
    /// <param name="state">What <see cref="SaveState"/> returned.</param>
    /// <exception cref="FormatException">The state is not one of this part.</exception>
    void LoadState(ReadOnlyMemory<byte> state);
}
