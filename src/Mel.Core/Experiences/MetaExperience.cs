using Mel.Rollouts;
using Mel.Runtime;
using Mel.Verification;

namespace Mel.Experiences;

/// <summary>
/// What the policy learned from one pair of attempts: the tuple M of Eq. 5 with the tokens it was written in and the context it was written from.
/// </summary>
/// <param name="Pair">The attempts that were compared.</param>
/// <param name="ContextTokenIds">The tokens of the extraction prompt: C_retro of Eq. 7.</param>
/// <param name="Written">The response that is the experience.</param>
/// <param name="Sections">Its parts.</param>
/// <param name="RecallTokenIds">The tokens of the recall prompt, for <see cref="Conditioning.Heuristic"/>.</param>
public sealed record MetaExperience(
    ContrastivePair Pair, ReadOnlyMemory<int> ContextTokenIds, Trajectory Written, ExperienceSections Sections, ReadOnlyMemory<int> RecallTokenIds)
{
    /// <summary>The attempts made with the experience in hand (Eq. 6), with their verdicts; empty when the experience was not validated.</summary>
    public IReadOnlyList<Replay> Replays { get; init; } = [];

    /// <summary>The whole text of the experience.</summary>
    public string Text => Written.Text;

    /// <summary>The bifurcation point, s*.</summary>
    public string BifurcationPoint => Sections.BifurcationPoint.Of(Text);

    /// <summary>The critique, C.</summary>
    public string Critique => Sections.Critique.Of(Text);

    /// <summary>The heuristic, H.</summary>
    public string Heuristic => Sections.Heuristic.Of(Text);

    /// <summary>
    /// The sequences whose response tokens carry the internalization loss, with the share of the experience's weight each takes. Sampled tokens are used as
    /// they are; nothing is tokenized again.
    /// </summary>
    /// <param name="conditioning">What the tokens are predicted from.</param>
    public IReadOnlyList<(TokenSequence Sequence, double Share)> Internalization(Conditioning conditioning)
    {
        TokenSequence retrospective = new(ContextTokenIds, Written.TokenIds);
        return conditioning switch
        {
            Conditioning.Retrospective => [(retrospective, 1.0)],
            Conditioning.Question => [(new TokenSequence(Pair.Group.PromptTokenIds, Written.TokenIds), 1.0)],
            Conditioning.Heuristic => [(Recall(), 1.0)],
            Conditioning.Both => [(retrospective, 0.5), (Recall(), 0.5)],
            _ => throw new ArgumentOutOfRangeException(nameof(conditioning), conditioning, "Not a member of Conditioning."),
        };
    }

    private TokenSequence Recall() => RecallTokenIds.IsEmpty
        ? throw new InvalidOperationException(
            $"The experience of prompt '{Excerpt.Of(Pair.Group.Prompt.Id)}' has no recall prompt, from which its heuristic is to be predicted; "
            + $"the extractor gives {nameof(RecallTokenIds)}, or another {nameof(Conditioning)} is chosen.")
        : new TokenSequence(RecallTokenIds, Written.TokenIds[Written.TokensOf(Sections.Recall)]);
}

/// <summary>One attempt at the original question with a meta-experience in hand: y_val of Eq. 6.</summary>
public sealed class Replay(Trajectory attempt, Judgement judgement)
{
    /// <summary>The response to the original question.</summary>
    public Trajectory Attempt { get; } = attempt;

    /// <summary>The judgement of the run's verifier.</summary>
    public Judgement Judgement { get; } = judgement;
}
