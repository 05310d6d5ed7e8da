namespace Mel.Runtime;

/// <summary>
/// A part of a run that names its settings, so that a resumed run can be compared with the one it continues. A part that does not implement the interface is
/// known by the name of its type alone.
/// </summary>
public interface IRunPart
{
    /// <summary>Names every setting that changes the numbers of the run, and every part inside this one. A decorator names the part it wraps.</summary>
    /// <param name="identity">Receives names and values.</param>
    void Describe(RunIdentity identity);
}

/// <summary>
/// A part of a run that remembers something from step to step. A checkpoint holds what it remembers, so that a resumed run equals one that never stopped.
/// </summary>
public interface IRunState
{
    /// <summary>What the part remembers at the end of a step, in a format of its own.</summary>
    ReadOnlyMemory<byte> SaveState();

    /// <summary>Restores what an earlier process saved.</summary>
    /// <param name="state">What <see cref="SaveState"/> returned.</param>
    /// <exception cref="FormatException">The state is not one of this part.</exception>
    void LoadState(ReadOnlyMemory<byte> state);
}
