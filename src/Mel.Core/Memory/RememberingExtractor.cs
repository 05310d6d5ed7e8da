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

    /// <summary>Creates the decorator.</summary>
    /// <param name="inner">Where the experiences come from.</param>
    /// <param name="sampler">Encodes the cues; that of the inner extractor.</param>
    /// <param name="memory">Where the experiences vote.</param>
    /// <param name="language">Says what an experience claims; the paper's where null.</param>
    public RememberingExtractor(IExperienceExtractor inner, ISampler sampler, ExperienceMemory memory, IExperienceLanguage? language = null)
        : base(inner)
    {
        _sampler = sampler ?? throw new ArgumentNullException(nameof(sampler));
        _memory = memory ?? throw new ArgumentNullException(nameof(memory));
        _language = language ?? new PaperExperienceLanguage();
    }

    /// <inheritdoc/>
    public override async Task<ExtractionResult> ExtractAsync(ExtractionRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        ExtractionResult result = await Inner.ExtractAsync(request, cancellationToken).ConfigureAwait(false);
        _memory.Advance(request.Step > 0 ? request.Step : _memory.Step + 1);
        foreach (MetaExperience experience in result.Retained) Vote(experience.Written, experience.Sections, experience.Pair, 1);
        if (_memory.FailedReplayVotes > 0)
        {
            foreach (DroppedExperience failed in result.Dropped.Where(d => d.Reason == DropReason.ReplayFailed))
            {
                if (failed is { Written: { } written, Sections: { } sections }) Vote(written, sections, failed.Pair, _memory.FailedReplayVotes);
            }
        }

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
    }

    private void Vote(Trajectory written, ExperienceSections sections, ContrastivePair pair, double votes)
    {
        if (_language.Claim(written.Text, sections) is not { } claim) return;
        ReadOnlyMemory<int> cue = SamplerContract.Encode(_sampler, _language.RecallPrompt(written.Text, sections), pair.Group.Prompt.Id, mayBeEmpty: true);
        ReadOnlyMemory<int> answer = written.TokenIds[written.TokensOf(sections.Recall)];
        if (!cue.IsEmpty && !answer.IsEmpty) _memory.Vote(claim, new TokenSequence(cue, answer), votes);
    }
}
