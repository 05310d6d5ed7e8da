using System.Text.Json;
using Mel.Advantages;
using Mel.Rewards;
using Mel.Rollouts;
using Mel.Verification;

namespace Mel.Services;

/// <summary>The fields of a line of <c>rollouts.jsonl</c>: one trajectory.</summary>
/// <param name="options">What is written down.</param>
/// <param name="groupSize">Trajectories sampled per question; those after them joined the group later.</param>
/// <param name="filter">Who rejects groups; null where nobody does.</param>
internal sealed class RolloutRecord(RunRecordsOptions options, int groupSize, string? filter)
{
    public void Write(Utf8JsonWriter json, RolloutGroup group, int index, int attempt, bool isKept, Advantage? advantage)
    {
        (Trajectory trajectory, Judgement judgement) = (group.Trajectories[attempt], group.Judgements[attempt]);
        RecordText.Write(json, "prompt_id", group.Prompt.Id, options.MostCharacters);
        json.WriteNumber("group", index);
        json.WriteNumber("attempt", attempt);
        if (attempt >= groupSize) json.WriteBoolean("joined", true);
        RecordText.Write(json, "prompt", group.Prompt.Text, options.MostCharacters);
        RecordText.Write(json, "answer", group.Prompt.Answer, options.MostCharacters);
        bool isWhole = RecordText.Write(json, "response", trajectory.Text, options.MostCharacters);
        json.WriteNumber("tokens", trajectory.TokenIds.Length);
        json.WriteString("finish_reason", RecordText.NameOf(trajectory.FinishReason));
        RecordText.Write(json, judgement, options.MostCharacters);
        RecordText.Number(json, "raw_reward", judgement.Reward);
        RecordText.Number(json, "reward", group.Rewards[attempt]);
        if (judgement.Parts.Count > 0) Parts(json, judgement.Parts);
        json.WriteBoolean("kept", isKept);
        if (!isKept && filter is not null) json.WriteString("filtered_by", filter);
        if (isKept) Advantage(json, trajectory, advantage);
        if (trajectory.WeightVersion is { } version) json.WriteNumber("weight_version", version);
        LogProbs(json, trajectory);
        if (options.PerToken && isWhole) Tokens(json, trajectory, advantage);
    }

    private static void Parts(Utf8JsonWriter json, IReadOnlyList<RewardPart> parts)
    {
        json.WriteStartObject("rewards");
        foreach (RewardPart part in parts.DistinctBy(p => p.Name, StringComparer.Ordinal)) RecordText.Number(json, part.Name, part.Value);
        json.WriteEndObject();
    }

    private static void Advantage(Utf8JsonWriter json, Trajectory trajectory, Advantage? advantage)
    {
        json.WriteBoolean("trains", advantage is { Trains: true });
        if (advantage is not { Trains: true } value) return;
        if (!value.IsPerToken)
        {
            json.WriteNumber("advantage", value[0]);
            return;
        }

        double[] trained = [.. Enumerable.Range(0, trajectory.TokenIds.Length).Where(trajectory.Trains).Select(t => value[t])];
        if (trained.Length == 0) return;
        json.WriteNumber("advantage", trained.Average());
        json.WriteNumber("advantage_min", trained.Min());
        json.WriteNumber("advantage_max", trained.Max());
    }

    /// <summary>Means over the tokens that train: of the log-probability, and of its distance to the sampler and to the reference.</summary>
    private static void LogProbs(Utf8JsonWriter json, Trajectory trajectory)
    {
        ReadOnlyMemory<float> old = trajectory.OldLogProbs;
        Mean(json, "log_prob", trajectory, old, default);
        if (!trajectory.PolicyLogProbs.IsEmpty) Mean(json, "sampler_log_ratio", trajectory, trajectory.PolicyLogProbs, trajectory.LogProbs);
        Mean(json, "reference_log_ratio", trajectory, old, trajectory.ReferenceLogProbs, needsOther: true);
    }

    private static void Mean(
        Utf8JsonWriter json, string name, Trajectory trajectory, ReadOnlyMemory<float> values, ReadOnlyMemory<float> others, bool needsOther = false)
    {
        if (values.IsEmpty || (needsOther && others.IsEmpty)) return;
        (double sum, int count) = (0, 0);
        for (int t = 0; t < values.Length; t++)
        {
            if (!trajectory.Trains(t)) continue;
            sum += values.Span[t] - (others.IsEmpty ? 0.0 : others.Span[t]);
            count++;
        }

        if (count > 0) RecordText.Number(json, name, sum / count);
    }

    private static void Tokens(Utf8JsonWriter json, Trajectory trajectory, Advantage? advantage)
    {
        json.WriteStartObject("per_token");
        if (!trajectory.TextEnds.IsEmpty)
        {
            json.WriteStartArray("text_end");
            foreach (int end in trajectory.TextEnds.Span) json.WriteNumberValue(end);
            json.WriteEndArray();
        }

        if (!trajectory.Mask.IsEmpty)
        {
            json.WriteStartArray("trains");
            foreach (bool trains in trajectory.Mask.Span) json.WriteBooleanValue(trains);
            json.WriteEndArray();
        }

        ReadOnlyMemory<float> old = trajectory.OldLogProbs;
        if (!old.IsEmpty) Values(json, "log_prob", old.Length, t => old.Span[t]);
        if (!trajectory.PolicyLogProbs.IsEmpty && !trajectory.LogProbs.IsEmpty)
            Values(json, "sampler_log_ratio", old.Length, t => (double)trajectory.PolicyLogProbs.Span[t] - trajectory.LogProbs.Span[t]);
        if (!old.IsEmpty && !trajectory.ReferenceLogProbs.IsEmpty)
            Values(json, "reference_log_ratio", old.Length, t => (double)old.Span[t] - trajectory.ReferenceLogProbs.Span[t]);
        if (advantage is { Trains: true, IsPerToken: true } value) Values(json, "advantage", trajectory.TokenIds.Length, t => value[t]);
        json.WriteEndObject();
    }

    private static void Values(Utf8JsonWriter json, string name, int count, Func<int, double> value)
    {
        const int digits = 5;
        json.WriteStartArray(name);
        for (int t = 0; t < count; t++)
        {
            if (value(t) is var v && double.IsFinite(v)) json.WriteNumberValue(Math.Round(v, digits));
            else json.WriteNullValue();
        }

        json.WriteEndArray();
    }
}
