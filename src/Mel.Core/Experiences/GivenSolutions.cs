using Mel.Prompts;
using Mel.Rollouts;
using Mel.Runtime;
using Mel.Verification;

namespace Mel.Experiences;

/// <summary>
/// Lets solutions of another author join the groups of their questions: the off-policy traces of LUFFY and SRFT. They are judged as correct, and compared with
/// the policy's own attempts by whatever estimator the run has.
/// </summary>
/// <remarks>
/// A trace has no log-probabilities of its author. With zeros for them the ratio of an importance-weighted objective is the policy's own probability, which is
/// how LUFFY weighs a trace; where the run computes pi_old itself (<c>OldLogProbs.Recomputed</c>), the ratio begins at 1.
/// </remarks>
/// <param name="inner">Where experiences come from.</param>
/// <param name="solutions">The traces of a question: tokens with the stop token, log-probabilities and text; none where there is none.</param>
public sealed class GivenSolutions(IExperienceExtractor inner, Func<Prompt, IReadOnlyList<Trajectory>> solutions) : DelegatingExperienceExtractor(inner)
{
    private readonly Func<Prompt, IReadOnlyList<Trajectory>> _solutions = solutions ?? throw new ArgumentNullException(nameof(solutions));

    /// <inheritdoc/>
    public override async Task<ExtractionResult> ExtractAsync(ExtractionRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        ExtractionResult result = await Inner.ExtractAsync(request, cancellationToken).ConfigureAwait(false);
        IEnumerable<JoiningTrajectory> given = request.Groups.SelectMany(
            (group, g) => _solutions(group.Prompt).Select(trace => new JoiningTrajectory(g, trace, Verdict.Correct)));
        return result with { Joining = [.. result.Joining, .. given] };
    }

    /// <inheritdoc/>
    public override void Describe(RunIdentity identity)
    {
        base.Describe(identity);
        identity.Set("solutions", _solutions);
    }
}
