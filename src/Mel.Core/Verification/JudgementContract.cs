using Mel.Diagnostics;

namespace Mel.Verification;

/// <summary>What a judgement must be like, whoever made it.</summary>
internal static class JudgementContract
{
    /// <summary>Refuses a verdict that there is not, and rewards that are infinite. NaN is a reward: it says that no judgement was possible.</summary>
    public static Judgement Required(PartPlace by, Judgement judgement)
    {
        if (!Enum.IsDefined(judgement.Verdict))
            throw by.Broken($"gave the verdict {(int)judgement.Verdict}{by.At}; {nameof(Verdict)} has no such member.");
        foreach (RewardPart part in judgement.Parts)
        {
            if (string.IsNullOrEmpty(part.Name)) throw by.Broken($"gave a reward without a name{by.At}; its figures have it in theirs.");
            if (double.IsInfinity(part.Value) || !double.IsFinite(part.Weight))
                throw by.Broken($"gave the reward '{part.Name}' = {part.Value} with weight {part.Weight}{by.At}; both are finite, or the reward is NaN.");
        }

        return judgement;
    }
}
