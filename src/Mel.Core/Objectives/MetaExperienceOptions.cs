using Mel.Losses;
using Mel.Experiences;

namespace Mel.Objectives;

/// <summary>How meta-experiences are internalized: the second term of Eq. 10.</summary>
public sealed class MetaExperienceOptions
{
    /// <summary>lambda or rho, by <see cref="Scaling"/>: how strongly the term counts, unitless.</summary>
    /// <value>The default is 1, the coefficient of Eq. 9.</value>
    public double Weight { get; set; } = 1.0;

    /// <summary>What <see cref="Weight"/> means: a factor on the loss, or the term's gradient norm relative to that of the reinforcement-learning term.</summary>
    /// <value>The default is <see cref="TermScalingKind.Fixed"/>, the paper.</value>
    public TermScalingKind Scaling { get; set; } = TermScalingKind.Fixed;

    /// <summary>What the experiences' likelihoods are averaged over; the equations of the paper disagree.</summary>
    /// <value>The default is <see cref="ExperienceNormalization.PromptMeanAll"/>: Eq. 10 to the letter.</value>
    public ExperienceNormalization Normalization { get; set; } = ExperienceNormalization.PromptMeanAll;

    /// <summary>What the tokens of an experience are predicted from.</summary>
    /// <value>The default is <see cref="Conditioning.Retrospective"/>: Eq. 7.</value>
    public Conditioning Conditioning { get; set; } = Conditioning.Retrospective;

    /// <summary>What is taught.</summary>
    /// <value>The default is <see cref="InternalizationTarget.Experience"/>.</value>
    public InternalizationTarget Target { get; set; } = InternalizationTarget.Experience;
}
