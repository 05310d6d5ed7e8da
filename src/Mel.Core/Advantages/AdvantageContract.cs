using System.Diagnostics;
using Mel.Diagnostics;
using Mel.Rewards;

namespace Mel.Advantages;

/// <summary>Lets an estimator work and checks that every trajectory, and every token, has its advantage.</summary>
internal static class AdvantageContract
{
    public static async Task<IReadOnlyList<IReadOnlyList<Advantage>>> EstimateAsync(
        IAdvantageEstimator estimator, RolloutBatch rollouts, CancellationToken cancellationToken)
    {
        PartPlace place = new("estimator", estimator);
        using Activity? activity = Activities.Start(Activities.Estimate);
        activity?.SetTag(ActivityTags.Estimator, place.Name);
        return await PartCall.RunAsync(
            place,
            async () =>
            {
                IReadOnlyList<IReadOnlyList<Advantage>> advantages = await estimator.EstimateAsync(rollouts, cancellationToken).ConfigureAwait(false);
                Require(place.ToString(), rollouts.Groups, advantages);
                return advantages;
            },
            cancellationToken,
            activity).ConfigureAwait(false);
    }

    /// <summary>Refuses advantages that are not those of the groups.</summary>
    /// <param name="by">Who estimated them, as the beginning of a sentence.</param>
    /// <param name="groups">What they were estimated for.</param>
    /// <param name="advantages">One list per group, one advantage per trajectory.</param>
    /// <exception cref="ArgumentException">A count is another, or an advantage of a token that trains is not finite.</exception>
    public static void Require(string by, IReadOnlyList<RolloutGroup> groups, IReadOnlyList<IReadOnlyList<Advantage>>? advantages)
    {
        if (advantages?.Count != groups.Count)
            throw new ArgumentException(
                $"{by} gave advantages for {advantages?.Count ?? 0} groups, but there are {groups.Count}; one list per group is expected.");
        for (int g = 0; g < groups.Count; g++)
        {
            RolloutGroup group = groups[g];
            string at = $"group {g}, prompt '{Runtime.Excerpt.Of(group.Prompt.Id)}'";
            if (advantages[g]?.Count != group.Trajectories.Count)
                throw new ArgumentException(
                    $"{by} gave {advantages[g]?.Count ?? 0} advantages for the {group.Trajectories.Count} trajectories of {at}; "
                    + "one per trajectory is expected.");
            for (int i = 0; i < group.Trajectories.Count; i++) advantages[g][i].Require(by, $"trajectory {i} of {at}", group.Trajectories[i]);
        }
    }
}
