using System.Text.Json;
using Mel.Experiences;

namespace Mel.Services;

/// <summary>The fields of a line of <c>experiences.jsonl</c>: one candidate, retained or dropped.</summary>
/// <param name="options">What is written down.</param>
internal sealed class ExperienceRecord(RunRecordsOptions options)
{
    public void Write(Utf8JsonWriter json, MetaExperience experience)
    {
        Pair(json, experience.Pair);
        json.WriteBoolean("retained", true);
        Text(json, "text", experience.Text);
        Sections(json, experience.Sections, experience.Text);
        Replays(json, experience.Replays);
    }

    public void Write(Utf8JsonWriter json, DroppedExperience dropped)
    {
        Pair(json, dropped.Pair);
        json.WriteBoolean("retained", false);
        json.WriteString("drop_reason", RecordText.NameOf(dropped.Reason));
        Text(json, "drop_detail", dropped.Detail);
        if (dropped.Written is not { } written) return;
        Text(json, "text", written.Text);
        if (dropped.Sections is { } sections) Sections(json, sections, written.Text);
        Replays(json, dropped.Replays);
    }

    private void Pair(Utf8JsonWriter json, ContrastivePair pair)
    {
        Text(json, "prompt_id", pair.Group.Prompt.Id);
        json.WriteNumber("group", pair.GroupIndex);
        Text(json, "prompt", pair.Group.Prompt.Text);
        json.WriteNumber("right_attempt", pair.CorrectIndex);
        Text(json, "right", pair.Correct.Text);
        json.WriteNumber("wrong_attempt", pair.IncorrectIndex);
        Text(json, "wrong", pair.Incorrect.Text);
    }

    private void Sections(Utf8JsonWriter json, ExperienceSections sections, string text)
    {
        Text(json, "bifurcation_point", sections.BifurcationPoint.Of(text));
        Text(json, "critique", sections.Critique.Of(text));
        Text(json, "heuristic", sections.Heuristic.Of(text));
    }

    private void Replays(Utf8JsonWriter json, IReadOnlyList<Replay> replays)
    {
        json.WriteStartArray("replays");
        foreach (Replay replay in replays)
        {
            json.WriteStartObject();
            Text(json, "response", replay.Attempt.Text);
            json.WriteNumber("tokens", replay.Attempt.TokenIds.Length);
            RecordText.Write(json, replay.Judgement, options.MostCharacters);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private void Text(Utf8JsonWriter json, string name, string text) => RecordText.Write(json, name, text, options.MostCharacters);
}
