using Mel.Diagnostics;
using Mel.Experiences;
using Mel.Rollouts;
using Mel.Runtime;

namespace Mel.Memory;

/// <summary>
/// Lets every experience of an extractor vote in a memory, and hands out what the memory rehearses. What is remembered is part of the run's checkpoint.
/// </summary>
public sealed class RememberingExtractor : DelegatingExperienceExtractor
{
    private readonly ISampler _sampler;
    private readonly ExperienceMemory _memory;
    private readonly IExperienceLanguage _language;
    private readonly IClaimResolver? _resolver;

    /// <summary>Creates the decorator.</summary>
    /// <param name="inner">Where the experiences come from.</param>
    /// <param name="sampler">Encodes the cues; that of the inner extractor.</param>
    /// <param name="memory">Where the experiences vote.</param>
    /// <param name="language">Says what an experience claims; the paper's where null.</param>
    /// <param name="resolver">Brings claims that mean the same together; where null, they are the same where their words are.</param>
    public RememberingExtractor(
        IExperienceExtractor inner, ISampler sampler, ExperienceMemory memory, IExperienceLanguage? language = null, IClaimResolver? resolver = null)
        : base(inner)
    {
        _sampler = sampler ?? throw new ArgumentNullException(nameof(sampler));
        _memory = memory ?? throw new ArgumentNullException(nameof(memory));
        _language = language ?? new PaperExperienceLanguage();
        _resolver = resolver;
    }

    /// <inheritdoc/>
    public override async Task<ExtractionResult> ExtractAsync(ExtractionRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        ExtractionResult result = await Inner.ExtractAsync(request, cancellationToken).ConfigureAwait(false);
        _memory.Advance(request.Step > 0 ? request.Step : _memory.Step + 1);
        Ballot[] ballots = [.. Ballots(result)];
        IReadOnlyList<HeuristicClaim> claims = [.. ballots.Select(b => b.Claim)];
        if (_resolver is not null) claims = await ResolvedAsync(_resolver, claims, cancellationToken).ConfigureAwait(false);
        for (int i = 0; i < ballots.Length; i++) _memory.Vote(claims[i], ballots[i].Wording, ballots[i].Votes);
        IReadOnlyList<Rehearsal> rehearsals = _memory.Rehearse();
        return result with
        {
            Rehearsals = [.. result.Rehearsals, .. rehearsals],
            Figures = new Dictionary<string, double>(result.Figures, StringComparer.Ordinal)
            {
                [MetricNames.MemoryKeys] = _memory.Count,
                [MetricNames.MemoryTrusted] = _memory.TrustedKeys,
            },
        };
    }

    /// <inheritdoc/>
    public override void Describe(RunIdentity identity)
    {
        base.Describe(identity);
        identity.Add("memory", _memory);
        identity.Add("language", _language);
        if (_resolver is not null) identity.Add("resolver", _resolver);
    }

    private static async Task<IReadOnlyList<HeuristicClaim>> ResolvedAsync(
        IClaimResolver resolver, IReadOnlyList<HeuristicClaim> claims, CancellationToken cancellationToken)
    {
        IReadOnlyList<HeuristicClaim>? resolved = await resolver.ResolveAsync(claims, cancellationToken).ConfigureAwait(false);
        return resolved?.Count == claims.Count
            ? resolved
            : throw new PartPlace("claim resolver", resolver).Broken($"gave {resolved?.Count ?? 0} claims for {claims.Count}; one for each is expected.");
    }

    private IEnumerable<Ballot> Ballots(ExtractionResult result)
    {
        foreach (MetaExperience experience in result.Retained)
        {
            if (BallotOf(experience.Written, experience.Sections, experience.Pair, 1) is { } ballot) yield return ballot;
        }

        if (_memory.FailedReplayVotes == 0) yield break;
        foreach (DroppedExperience failed in result.Dropped.Where(d => d.Reason == DropReason.ReplayFailed))
        {
            if (failed is not { Written: { } written, Sections: { } sections }) continue;
            if (BallotOf(written, sections, failed.Pair, _memory.FailedReplayVotes) is { } ballot) yield return ballot;
        }
    }

    /// <summary>The vote of an experience; null where it claims nothing, or nothing could be recalled.</summary>
    private Ballot? BallotOf(Trajectory written, ExperienceSections sections, ContrastivePair pair, double votes)
    {
        if (_language.Claim(written.Text, sections) is not { } claim) return null;
        ReadOnlyMemory<int> cue = SamplerContract.Encode(_sampler, _language.RecallPrompt(written.Text, sections), pair.Group.Prompt.Id, mayBeEmpty: true);
        ReadOnlyMemory<int> answer = written.TokenIds[written.TokensOf(sections.Recall)];
        return cue.IsEmpty || answer.IsEmpty ? null : new Ballot(claim, new TokenSequence(cue, answer), votes);
    }

    private sealed record Ballot(HeuristicClaim Claim, TokenSequence Wording, double Votes);
}
