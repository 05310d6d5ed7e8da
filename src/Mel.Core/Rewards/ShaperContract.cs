using Mel.Diagnostics;

namespace Mel.Rewards;

/// <summary>Lets a shaper change rewards and checks that there is still one per trajectory.</summary>
internal static class ShaperContract
{
    public static RolloutGroup Shape(IRewardShaper shaper, RolloutGroup group)
    {
        PartPlace place = new("reward shaper", shaper, group.Prompt.Id);
        return PartCall.Run(place, () =>
        {
            RolloutGroup shaped = shaper.Shape(group);
            if (shaped is null) throw place.Broken($"returned null{place.At}; the group with its rewards is expected.");
            int count = group.Trajectories.Count;
            if (shaped.Trajectories.Count != count) throw place.Broken($"returned {shaped.Trajectories.Count} trajectories for {count}{place.At}.");
            if (shaped.Rewards?.Count != count)
                throw place.Broken($"returned {shaped.Rewards?.Count ?? 0} rewards for {count} trajectories{place.At}; one per trajectory is expected.");
            for (int i = 0; i < count; i++) Require(place with { Trajectory = i }, group.Rewards[i], shaped.Rewards[i]);
            return shaped;
        });
    }

    private static void Require(PartPlace place, double before, double after)
    {
        if (double.IsInfinity(after)) throw place.Broken($"made the reward {after} of {before}{place.At}; a finite number is expected.");
        if (double.IsNaN(before) != double.IsNaN(after))
            throw place.Broken(
                $"made the reward {after} of {before}{place.At}; NaN says that the verifier could not judge the attempt, "
                + "and neither comes nor goes by shaping.");
    }
}
