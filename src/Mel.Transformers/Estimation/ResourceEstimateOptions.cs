namespace Mel.Transformers.Estimation;

/// <summary>The sizes of a run that its memory and time follow from.</summary>
public sealed record ResourceEstimateOptions
{
    /// <summary>Tokens of prompt and response together, of one sequence.</summary>
    /// <value>The default is 1,024.</value>
    public int SequenceTokens { get; init; } = 1024;

    /// <summary>Tokens of the prompt among them.</summary>
    /// <value>The default is 128.</value>
    public int PromptTokens { get; init; } = 128;

    /// <summary>Sequences of one micro-batch: those whose activations live at one time.</summary>
    /// <value>The default is 1.</value>
    public int MicroBatchSequences { get; init; } = 1;

    /// <summary>Terms of the objective that carry gradient, each of which the trainer keeps the gradients of until it adds them up; two with meta-experiences.</summary>
    /// <value>The default is 1.</value>
    public int LossTerms { get; init; } = 1;

    /// <summary>Sequences that are sampled at once.</summary>
    /// <value>The default is 8.</value>
    public int SampledSequences { get; init; } = 8;
}
