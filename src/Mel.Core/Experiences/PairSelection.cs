namespace Mel.Experiences;

/// <summary>Which of the |Y+| x |Y-| pairs of a question are compared.</summary>
public enum PairSelection
{
    /// <summary>A random choice among all pairs, without repetition.</summary>
    Random,

    /// <summary>A random choice in which no attempt is used a second time before every attempt of its side was used once.</summary>
    Spread,

    /// <summary>The shortest attempts first: the cheapest contexts.</summary>
    Shortest,
}
