using System.Text.Json;
using Mel.Advantages;
using Mel.Algorithms;
using Mel.Experiences;
using Mel.Rewards;
using Mel.Services;
using Mel.Testing;
using Mel.Training;
using static Mel.Core.Tests.Training.TinyRun;

namespace Mel.Core.Tests.Services;

[TestFixture, NoTensorLeaks]
public sealed class RunRecordsTests
{
    [Test]
    public async Task Rollouts_EveryTrajectory_SaysWhatTheReportSays()
    {
        using TemporaryFolder folder = new();

        Outcome run = await RecordAsync(folder, 2, new() { Folder = folder.Path, MostGroups = 99 });

        JsonElement[] lines = Lines(folder, "rollouts.jsonl");
        lines.Should().HaveCount(2 * 4 * 8);
        int n = 0;
        foreach (StepReport step in run.Steps)
        {
            for (int g = 0; g < step.Groups.Count; g++)
            {
                RolloutGroup group = step.Groups[g];
                for (int i = 0; i < group.Trajectories.Count; i++, n++)
                {
                    JsonElement line = lines[n];
                    (line.GetProperty("step").GetInt32(), line.GetProperty("group").GetInt32(), line.GetProperty("attempt").GetInt32()).Should().Be((step.Step, g, i));
                    line.GetProperty("prompt_id").GetString().Should().Be(group.Prompt.Id);
                    line.GetProperty("prompt").GetString().Should().Be(group.Prompt.Text);
                    line.GetProperty("answer").GetString().Should().Be(group.Prompt.Answer);
                    line.GetProperty("response").GetString().Should().Be(group.Trajectories[i].Text);
                    line.GetProperty("tokens").GetInt32().Should().Be(group.Trajectories[i].TokenIds.Length);
                    line.GetProperty("finish_reason").GetString().Should().Be(group.Trajectories[i].FinishReason == Mel.Rollouts.FinishReason.Stop ? "stop" : "length");
                    line.GetProperty("verdict").GetString().Should().Be(group.Rewards[i] == 1 ? "correct" : "incorrect");
                    line.GetProperty("raw_reward").GetDouble().Should().Be(group.Rewards[i]);
                    line.GetProperty("reward").GetDouble().Should().Be(group.Rewards[i]);
                    line.GetProperty("kept").GetBoolean().Should().BeTrue();
                    line.GetProperty("advantage").GetDouble().Should().Be(step.Advantages[g][i][0]);
                    line.GetProperty("log_prob").GetDouble().Should().BeApproximately(group.Trajectories[i].LogProbs.ToArray().Average(p => (double)p), 1e-12);
                }
            }
        }
    }

    [Test]
    public async Task Rollouts_FilteredGroups_SayByWhom_AndHaveNoAdvantage()
    {
        using TemporaryFolder folder = new();

        Outcome run = await RecordAsync(folder, 3, new() { Folder = folder.Path, MostGroups = 999 }, Algorithm.Grpo() with { Filter = new DynamicSampling() });

        JsonElement[] lines = Lines(folder, "rollouts.jsonl"), evicted = [.. lines.Where(l => !l.GetProperty("kept").GetBoolean())];
        run.Steps.Sum(s => s.EvictedGroups.Count).Should().BePositive();
        evicted.Should().HaveCount(8 * run.Steps.Sum(s => s.EvictedGroups.Count));
        evicted.Should().AllSatisfy(l => l.GetProperty("filtered_by").GetString().Should().Be("DynamicSampling"))
            .And.AllSatisfy(l => l.TryGetProperty("advantage", out _).Should().BeFalse());
        lines.GroupBy(l => (l.GetProperty("step").GetInt32(), l.GetProperty("group").GetInt32())).Should().AllSatisfy(g => g.Should().HaveCount(8));
    }

    [Test]
    public async Task Rollouts_ShapedReward_StandsBesideTheRawOne_AndAdvantagesOfTokensAreSummedUp()
    {
        using TemporaryFolder folder = new();

        Outcome run = await RecordAsync(
            folder, 1, new() { Folder = folder.Path, PerToken = true }, Algorithm.Grpo() with { Shaper = new Halving(), Advantages = new Ramp() });

        foreach (JsonElement line in Lines(folder, "rollouts.jsonl"))
        {
            line.GetProperty("reward").GetDouble().Should().Be(line.GetProperty("raw_reward").GetDouble() / 2);
            int tokens = line.GetProperty("tokens").GetInt32();
            // Tokens have the advantages 0, 1, ... n - 1, whose mean is (n - 1) / 2.
            line.GetProperty("advantage").GetDouble().Should().Be((tokens - 1) / 2.0);
            (line.GetProperty("advantage_min").GetDouble(), line.GetProperty("advantage_max").GetDouble()).Should().Be((0, tokens - 1));
            JsonElement each = line.GetProperty("per_token");
            each.GetProperty("advantage").EnumerateArray().Select(a => a.GetDouble()).Should().Equal(Enumerable.Range(0, tokens).Select(t => (double)t));
            each.GetProperty("text_end").GetArrayLength().Should().Be(tokens);
            each.GetProperty("log_prob").EnumerateArray().Should().AllSatisfy(p => p.GetDouble().Should().BeInRange(-20, 0));
        }

        run.Steps.Should().HaveCount(1);
    }

    [Test]
    public async Task Experiences_RetainedAndDropped_SayWhatTheReportSays()
    {
        using TemporaryFolder folder = new();

        Outcome run = await RecordAsync(folder, 3, new() { Folder = folder.Path });

        JsonElement[] lines = Lines(folder, "experiences.jsonl"), retained = [.. lines.Where(l => l.GetProperty("retained").GetBoolean())];
        MetaExperience[] expected = [.. run.Steps.SelectMany(s => s.Experiences.Retained)];
        retained.Should().HaveCount(expected.Length).And.NotBeEmpty();
        for (int i = 0; i < expected.Length; i++)
        {
            retained[i].GetProperty("text").GetString().Should().Be(expected[i].Text);
            retained[i].GetProperty("right").GetString().Should().Be(expected[i].Pair.Correct.Text);
            retained[i].GetProperty("wrong").GetString().Should().Be(expected[i].Pair.Incorrect.Text);
            (retained[i].GetProperty("right_attempt").GetInt32(), retained[i].GetProperty("wrong_attempt").GetInt32())
                .Should().Be((expected[i].Pair.CorrectIndex, expected[i].Pair.IncorrectIndex));
            retained[i].GetProperty("bifurcation_point").GetString().Should().Be(expected[i].BifurcationPoint);
            retained[i].GetProperty("critique").GetString().Should().Be(expected[i].Critique);
            retained[i].GetProperty("heuristic").GetString().Should().Be(expected[i].Heuristic);
            retained[i].GetProperty("replays").EnumerateArray().Select(r => r.GetProperty("response").GetString())
                .Should().Equal(expected[i].Replays.Select(r => r.Attempt.Text));
            retained[i].GetProperty("replays").EnumerateArray().Should().Contain(r => r.GetProperty("verdict").GetString() == "correct");
        }

        JsonElement[] dropped = [.. lines.Where(l => !l.GetProperty("retained").GetBoolean())];
        DroppedExperience[] reasons = [.. run.Steps.SelectMany(s => s.Experiences.Dropped)];
        dropped.Select(l => l.GetProperty("drop_reason").GetString()!.Replace("_", "", StringComparison.Ordinal)).Should()
            .Equal(reasons.Select(d => d.Reason.ToString().ToLowerInvariant())).And.NotBeEmpty();
        dropped.Select(l => l.GetProperty("drop_detail").GetString()).Should().Equal(reasons.Select(d => d.Detail));
    }

    [Test]
    public async Task Files_OfARunThatWasKilledAndGoesOn_AreThoseOfOneThatWasNot()
    {
        using TemporaryFolder folder = new(), whole = new();
        await RecordAsync(whole, 6, new() { Folder = whole.Path });
        await RecordAsync(folder, 3, new() { Folder = folder.Path });
        // Killed in the middle of step 5: of step 4 everything is there, of step 5 one line and half of another.
        string[] rest = [.. File.ReadLines(whole.File("rollouts.jsonl")).Where(l => l.StartsWith("{\"step\":4,", StringComparison.Ordinal))];
        File.AppendAllText(folder.File("rollouts.jsonl"), string.Join('\n', rest) + "\n{\"step\":5,\"prompt_id\":\"1\"}\n{\"step\":5,\"prom");
        File.AppendAllText(folder.File("experiences.jsonl"), "{\"st");

        await RecordAsync(folder, 6, new() { Folder = folder.Path });

        foreach (string file in (string[])["rollouts.jsonl", "experiences.jsonl"])
            File.ReadAllText(folder.File(file)).Should().Be(File.ReadAllText(whole.File(file)));
        Directory.GetFiles(folder.Path).Select(Path.GetFileName).Should().BeEquivalentTo("rollouts.jsonl", "experiences.jsonl");
    }

    [Test]
    public async Task Files_EveryThirdStep_HoldTheFirstAndTheLastToo_AndTheFirstGroups()
    {
        using TemporaryFolder folder = new();

        await RecordAsync(folder, 7, new() { Folder = folder.Path, EverySteps = 3, MostGroups = 2 });

        Lines(folder, "rollouts.jsonl").Select(l => (l.GetProperty("step").GetInt32(), l.GetProperty("group").GetInt32())).Distinct().Should()
            .Equal((1, 0), (1, 1), (3, 0), (3, 1), (6, 0), (6, 1), (7, 0), (7, 1));
        Lines(folder, "experiences.jsonl").Select(l => l.GetProperty("step").GetInt32()).Distinct().Should().BeSubsetOf([1, 3, 6, 7]);
    }

    [Test]
    public async Task Run_WithRecords_IsTheSameAsWithout()
    {
        using TemporaryFolder folder = new();
        Outcome with = await RecordAsync(folder, 3, new() { Folder = folder.Path, PerToken = true }), without = await RunAsync(Options(steps: 3));

        with.Parameters.Should().Equal(without.Parameters);
    }

    [Test]
    public void Text_TooLong_KeepsBeginningAndEnd_AndNoHalfCharacter()
    {
        // 200 faces of two UTF-16 units each: the cuts at unit 51 and 349 would split one.
        string faces = string.Concat(Enumerable.Repeat("\U0001F600", 200));

        using JsonDocument line = Written(json => RecordText.Write(json, "text", "x" + faces, 102));

        line.RootElement.GetProperty("text").GetString().Should().Be("x" + string.Concat(Enumerable.Repeat("\U0001F600", 25)) + " [...] "
            + string.Concat(Enumerable.Repeat("\U0001F600", 25)));
        line.RootElement.GetProperty("text_left_out").GetInt32().Should().Be(300);
    }

    [Test]
    public void Text_ThatIsNoneOrEndsALine_StaysOnOneLine()
    {
        using JsonDocument line = Written(json => RecordText.Write(json, "text", "a\u2028b\u0085c\nd\ud800e<中>", 200));

        line.RootElement.GetProperty("text").GetString().Should().Be("a\u2028b\u0085c\nd\ufffde<中>");
    }

    private static JsonDocument Written(Action<Utf8JsonWriter> write)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter json = new(stream, new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        string text = System.Text.Encoding.UTF8.GetString(stream.ToArray());
        text.Should().NotContainAny("\u2028", "\u0085", "\n");
        return JsonDocument.Parse(text);
    }

    private static async Task<Outcome> RecordAsync(TemporaryFolder folder, int steps, RunRecordsOptions records, Algorithm? algorithm = null)
    {
        TrainerOptions options = Options(steps);
        options.CheckpointFolder = folder.File("run");
        using RunRecords service = new(records);
        return await RunAsync(options, algorithm, parts: new() { Services = [service] }, withExperiences: algorithm is null);
    }

    private static JsonElement[] Lines(TemporaryFolder folder, string file)
        => [.. File.ReadLines(folder.File(file)).Select(line => JsonDocument.Parse(line).RootElement)];

    private sealed class Halving : IRewardShaper
    {
        public RolloutGroup Shape(RolloutGroup group) => group with { Rewards = [.. group.Rewards.Select(r => r / 2)] };
    }

    /// <summary>The advantage of a token is its place.</summary>
    private sealed class Ramp : IAdvantageEstimator
    {
        public ValueTask<IReadOnlyList<IReadOnlyList<Advantage>>> EstimateAsync(RolloutBatch rollouts, CancellationToken cancellationToken = default)
            => ValueTask.FromResult<IReadOnlyList<IReadOnlyList<Advantage>>>(
            [
                .. rollouts.Groups.Select(g => (IReadOnlyList<Advantage>)
                    [.. g.Trajectories.Select(t => Advantage.OfTokens(Enumerable.Range(0, t.TokenIds.Length).Select(i => (double)i).ToArray()))]),
            ]);
    }
}
