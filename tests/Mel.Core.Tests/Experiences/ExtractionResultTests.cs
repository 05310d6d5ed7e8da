using Mel.Algorithms;
using Mel.Experiences;
using Mel.Prompts;
using Mel.Rewards;
using Mel.Rollouts;
using Mel.Testing;
using Mel.Training;
using static Mel.Core.Tests.Training.TinyRun;

namespace Mel.Core.Tests.Experiences;

/// <summary>Counts and retention of what an extractor returns, whatever part of it the extractor fills in.</summary>
[TestFixture, NoTensorLeaks]
public sealed class ExtractionResultTests
{
    [Test]
    public void Retention_IsWhatValidationLeftOfTheWellFormed()
    {
        // Ten pairs: one too long, two cut off, one unreadable, six well-formed, of which the replay of one is too long and that of two fails.
        ExtractionResult result = new()
        {
            Pairs = 10, Candidates = 9, WellFormed = 6, Retained = [.. Enumerable.Range(0, 3).Select(i => Experience(i))],
            Dropped =
            [
                Dropped(DropReason.ContextTooLong), Dropped(DropReason.Unterminated), Dropped(DropReason.Unterminated), Dropped(DropReason.Malformed),
                Dropped(DropReason.ReplayTooLong), Dropped(DropReason.ReplayFailed), Dropped(DropReason.ReplayFailed),
            ],
        };

        result.Retention.Should().Be(3 / 6.0);
        Enum.GetValues<DropReason>().Select(result.DroppedFor).Should().Equal(1, 2, 1, 1, 2);
        (result.Retained.Count + Enum.GetValues<DropReason>().Sum(result.DroppedFor)).Should().Be(result.Pairs);
    }

    [Test]
    public void Counts_OnlyListsFilledIn_FollowFromThem()
    {
        ExtractionResult result = new()
        {
            Retained = [Experience(0), Experience(1)],
            Dropped = [Dropped(DropReason.ReplayFailed), Dropped(DropReason.Malformed), Dropped(DropReason.ContextTooLong)],
        };

        (result.Pairs, result.Candidates, result.WellFormed, result.Retention).Should().Be((5, 4, 3, 2 / 3.0));
        (result with { Dropped = [] }).Retention.Should().Be(1);
    }

    [Test]
    public void Retention_NothingWellFormed_DoesNotExist() => ExtractionResult.Empty.Retention.Should().Be(double.NaN);

    [Test]
    public async Task Step_ExtractorThatFillsRetainedOnly_ReportsWhatItRetained()
    {
        StepReport step = await StepAsync(request => new ExtractionResult { Retained = [Experience(0, request.Groups[0]), Experience(0, request.Groups[0])] });

        (step.Metrics["mel/retained"], step.Metrics["mel/candidates"], step.Metrics["mel/well_formed_ratio"], step.Metrics["mel/retention"]).Should().Be((2, 2, 1, 1));
        step.Metrics["mel/queries_with_experience"].Should().Be(1);
    }

    [Test]
    public async Task Step_QuestionDrawnTwice_CountsTwiceAmongThoseWithAnExperience()
    {
        TrainerOptions options = Options(steps: 1);
        (options.PromptsPerStep, options.GroupSize) = (8, 2);      // six questions: two are drawn again

        StepReport step = await StepAsync(request => new ExtractionResult { Retained = [.. request.Groups.Select((g, i) => Experience(i, g))] }, options);

        step.Groups.Select(g => g.Prompt.Id).Distinct().Should().HaveCount(6);
        step.Metrics["mel/queries_with_experience"].Should().Be(8);
    }

    [Test]
    public async Task Step_NothingExtracted_HasCountsAndNoShares()
    {
        StepReport step = await StepAsync(_ => ExtractionResult.Empty);

        foreach (string name in (string[])["mel/pairs", "mel/candidates", "mel/retained", "mel/tokens", "mel/dropped/malformed"]) step.Metrics[name].Should().Be(0, name);
        step.Metrics.Keys.Should().NotContain(["mel/retention", "mel/well_formed_ratio", "mel/nll"]);
    }

    private static async Task<StepReport> StepAsync(Func<ExtractionRequest, ExtractionResult> extract, TrainerOptions? options = null)
    {
        Algorithm algorithm = Algorithm.Grpo().WithMetaExperience() with { Experiences = (_, _, _) => new Extractor(extract) };
        return (await RunAsync(options ?? Options(steps: 1), algorithm, withExperiences: false)).Steps[0];
    }

    private static MetaExperience Experience(int group, RolloutGroup? of = null)
        => new(new ContrastivePair(group, of ?? Group(), 0, 1), new[] { 4 }, new(new[] { 1, 6 }, new[] { -1f, -1f }, "b", FinishReason.Stop), Sections, new[] { 5 });

    private static DroppedExperience Dropped(DropReason reason) => new(new ContrastivePair(0, Group(), 0, 1), reason, "");

    private static ExperienceSections Sections => new(default, default, default);

    private static RolloutGroup Group() => Trajectories.Group(new Prompt("q", "q", "?"), ["a", "b"], 0);

    private sealed class Extractor(Func<ExtractionRequest, ExtractionResult> extract) : IExperienceExtractor
    {
        public Task<ExtractionResult> ExtractAsync(ExtractionRequest request, CancellationToken cancellationToken = default) => Task.FromResult(extract(request));
    }
}
