namespace Mel.Experiences;

/// <summary>What the tokens of a meta-experience are predicted from when it is internalized.</summary>
public enum Conditioning
{
    /// <summary>Instruction, question, y+ and y-: C_retro of Eq. 7, and the paper.</summary>
    Retrospective,

    /// <summary>The question alone.</summary>
    Question,

    /// <summary>The recall cue alone, and only the heuristic is predicted: with the attempts out of sight nothing can be copied from them.</summary>
    Heuristic,

    /// <summary><see cref="Retrospective"/> and <see cref="Heuristic"/>, each with half the weight.</summary>
    Both,
}
