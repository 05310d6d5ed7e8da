namespace Mel.Transformers.Models;

/// <summary>How the frequencies of the rotary position embedding are stretched for contexts longer than those of pre-training.</summary>
public enum RopeType
{
    /// <summary>No stretching.</summary>
    Default,

    /// <summary>All frequencies divided by the factor.</summary>
    Linear,

    /// <summary>Llama 3: low frequencies divided by the factor, high ones kept, a smooth passage between.</summary>
    Llama3,

    /// <summary>YaRN: as above with a linear ramp over the dimensions, and a factor on cosine and sine.</summary>
    Yarn,
}
