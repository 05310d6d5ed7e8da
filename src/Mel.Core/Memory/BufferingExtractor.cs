using Mel.Experiences;
using Mel.Rewards;
using Mel.Rollouts;
using Mel.Runtime;
using Mel.Verification;

namespace Mel.Memory;

/// <summary>Stores heuristics or right attempts of every step in a buffer, and hands out what is drawn from the buffer.</summary>
/// <param name="inner">Where experiences come from.</param>
/// <param name="buffer">Where the sequences are stored.</param>
public sealed class BufferingExtractor(IExperienceExtractor inner, RehearsalBuffer buffer) : DelegatingExperienceExtractor(inner)
{
    private const ulong DrawStream = 3;

    private readonly RehearsalBuffer _buffer = buffer ?? throw new ArgumentNullException(nameof(buffer));

    /// <inheritdoc/>
    public override async Task<ExtractionResult> ExtractAsync(ExtractionRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        ExtractionResult result = await Inner.ExtractAsync(request, cancellationToken).ConfigureAwait(false);
        foreach (TokenSequence sequence in _buffer.Content == BufferContent.Heuristics ? Heuristics(result) : Attempts(request.Groups)) _buffer.Add(sequence);
        return result with { Rehearsals = [.. result.Rehearsals, .. _buffer.Draw(SplitMix64.Derive(request.Seed, DrawStream))] };
    }

    /// <inheritdoc/>
    public override void Describe(RunIdentity identity)
    {
        base.Describe(identity);
        identity.Add("buffer", _buffer);
    }

    private static IEnumerable<TokenSequence> Heuristics(ExtractionResult result)
        => result.Retained.Where(experience => !experience.RecallTokenIds.IsEmpty)
            .SelectMany(experience => experience.Internalization(Conditioning.Heuristic))
            .Where(part => !part.Sequence.Response.IsEmpty)
            .Select(part => part.Sequence);

    // Of questions that were not all answered: what is always right needs no rehearsal.
    private static IEnumerable<TokenSequence> Attempts(IReadOnlyList<RolloutGroup> groups)
        => groups.Where(group => group.Verdicts.Contains(Verdict.Incorrect))
            .SelectMany(group => group.Trajectories
                .Where((attempt, i) => group.Verdicts[i] == Verdict.Correct && !attempt.TokenIds.IsEmpty)
                .Select(attempt => new TokenSequence(group.PromptTokenIds, attempt.TokenIds)));
}
