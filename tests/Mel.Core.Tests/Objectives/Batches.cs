using Mel.Advantages;
using Mel.Experiences;
using Mel.Objectives;
using Mel.Prompts;
using Mel.Rewards;
using Mel.Rollouts;
using Mel.Testing;
using Mel.Verification;

namespace Mel.Core.Tests.Objectives;

/// <summary>Optimizer batches of a bigram policy, written by hand.</summary>
internal static class Batches
{
    public const string Alphabet = "abcdxr!";

    /// <summary>Three questions with nine trajectories, two of the questions with experiences.</summary>
    public static TrainingBatch Of(BigramPolicy policy, IAdvantageEstimator estimator)
    {
        RolloutGroup[] groups = [Group(policy, "a", ["b", "cdab", "dd", "ca"], 0, 2), Group(policy, "c", ["aaaa", "b", "cc"], 1),
            Group(policy, "d", ["a", "b"], 0, 1)];
        RolloutBatch rollouts = groups.With(Experience(policy, groups[0], "abcd"), Experience(policy, groups[0], "xrxrx"),
            Experience(policy, groups[1], "bcd"));
        return TrainingBatch.Create(rollouts, estimator.Estimate(rollouts));
    }

    /// <summary>A question whose trajectories do not train, with one experience.</summary>
    public static TrainingBatch ExperiencesOnly(BigramPolicy policy, double temperature = 0.5)
    {
        RolloutGroup group = Group(policy, "a", ["bcd", "c"], 0) with { Sampling = new SamplingOptions { Temperature = temperature } };
        RolloutGroup[] groups = [group];
        return TrainingBatch.Create(groups.With(Experience(policy, group, "abcd")), [[Advantage.Excluded, Advantage.Excluded]]);
    }

    public static RolloutGroup Group(BigramPolicy policy, string question, string[] texts, params int[] correct) => new(
        new Prompt(question, question, "?"), policy.Encode(question), [.. texts.Select((text, i) => Attempt(policy, text, i))],
        [.. texts.Select((_, i) => (Judgement)(correct.Contains(i) ? Verdict.Correct : Verdict.Incorrect))]) { Sampling = new SamplingOptions() };

    /// <summary>A response whose recorded log-probabilities differ from token to token.</summary>
    public static Trajectory Attempt(BigramPolicy policy, string text, int shift = 0)
    {
        float[] recorded = [.. Enumerable.Range(0, text.Length + 1).Select(t => -1.5f - (0.2f * ((shift + t) % 5)))];
        return new Trajectory(policy.Encode(text + "!"), recorded, text, FinishReason.Stop);
    }

    public static MetaExperience Experience(BigramPolicy policy, RolloutGroup group, string text, string context = "bx") => new(
        new ContrastivePair(0, group, 0, 1), policy.Encode(context),
        new Trajectory(policy.Encode(text + "!"), new float[text.Length + 1], text, FinishReason.Stop)
        {
            TextEnds = Enumerable.Range(1, text.Length + 1).Select(n => Math.Min(n, text.Length)).ToArray(),
        },
        new ExperienceSections(new(0, 1), new(1, 1), new(2, text.Length - 2)), policy.Encode("r"));
}
