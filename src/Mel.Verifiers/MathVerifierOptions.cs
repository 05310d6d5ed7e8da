namespace Mel.Verifiers;

/// <summary>Settings of a <see cref="MathVerifier"/>; read once, when it is made.</summary>
public sealed class MathVerifierOptions
{
    /// <summary>Where to look for the answer in a response.</summary>
    /// <value>The default is <see cref="ExtractionOptions.Training"/>: a verifier is a reward first.</value>
    public ExtractionOptions Extraction { get; set; } = ExtractionOptions.Training;

    /// <summary>What counts as the same answer.</summary>
    /// <value>The default is a fresh <see cref="AnswerPolicies"/>.</value>
    public AnswerPolicies Policies { get; set; } = new();

    /// <summary>Budgets of one verification.</summary>
    /// <value>The default is a fresh <see cref="VerifierLimits"/>.</value>
    public VerifierLimits Limits { get; set; } = new();

    /// <summary>The key of <see cref="Prompts.Prompt.Metadata"/> under which a prompt holds its question, where <see cref="Prompts.Prompt.Text"/> wraps it in a
    /// template.</summary>
    /// <value>The default is null: the text is the question.</value>
    public string? QuestionKey { get; set; }
}
