using Mel.Advantages;
using Mel.Algorithms;
using Mel.Core.Tests.Training;
using Mel.Experiences;
using Mel.Prompts;
using Mel.Rewards;
using Mel.Rollouts;
using Mel.Testing;

namespace Mel.Core.Tests.Advantages;

/// <summary>A credit rule of one's own, from outside the library: tokens written before the bifurcation point are not to blame.</summary>
[TestFixture, NoTensorLeaks]
public sealed class BifurcationCreditTests
{
    [Test]
    public void Estimate_WrongAttempt_IsBlamedFromTheBifurcationPointOn()
    {
        RolloutGroup group = Trajectories.Group(new Prompt("q", "why", "yes"), ["ab cd ef", "yes", "no"], 1);
        Trajectory written = Trajectories.Of("cd!*");
        MetaExperience experience = new(new ContrastivePair(0, group, 1, 0), Trajectories.Tokens("?"), written,
            new ExperienceSections(new(0, 2), new(2, 1), new(3, 1)), Trajectories.Tokens("r"));
        IReadOnlyList<RolloutGroup> groups = [group];

        IReadOnlyList<Advantage> plain = new LeaveOneOutAdvantage().Estimate(groups)[0],
            credited = new BifurcationCredit(new LeaveOneOutAdvantage(), new LocatingLanguage()).Estimate(groups.With(experience))[0];

        plain[0][0].Should().BeApproximately(-0.5, 1e-12);
        Enumerable.Range(0, 9).Select(t => credited[0][t]).Should().Equal([0, 0, 0, .. Enumerable.Repeat(plain[0][0], 6)]);
        credited.Skip(1).Should().Equal(plain.Skip(1), "only y- of the pair has a bifurcation point");
    }

    [Test]
    public void Estimate_PointThatIsNotFound_ChangesNothing()
    {
        RolloutGroup group = Trajectories.Group(new Prompt("q", "why", "yes"), ["ab", "yes"], 1);
        MetaExperience experience = new(new ContrastivePair(0, group, 1, 0), Trajectories.Tokens("?"), Trajectories.Of("xyz"),
            new ExperienceSections(new(0, 1), new(1, 1), new(2, 1)), Trajectories.Tokens("r"));
        IReadOnlyList<RolloutGroup> groups = [group];

        foreach (IExperienceLanguage language in new IExperienceLanguage[] { new LocatingLanguage(), new ToyExperienceLanguage() })
            new BifurcationCredit(new LeaveOneOutAdvantage(), language).Estimate(groups.With(experience))[0]
                .Should().Equal(new LeaveOneOutAdvantage().Estimate(groups)[0]);
    }

    [Test]
    public async Task Run_WithTheRule_TrainsOnWhatItSays()
    {
        Algorithm algorithm = TinyRun.Learning(Algorithm.Grpo());
        BatchSpy spy = new(algorithm.Objective);

        TinyRun.Outcome run = await TinyRun.RunAsync(TinyRun.Options(steps: 2),
            algorithm with { Advantages = new BifurcationCredit(algorithm.Advantages, new LocatingLanguage()), Objective = spy }, withExperiences: false);

        run.Steps.Should().OnlyContain(s => s.HasSignal && s.Experiences.Retained.Count > 0);
        spy.Batches.SelectMany(b => b.Samples).Where(s => s.Advantage.IsPerToken).Should().NotBeEmpty()
            .And.OnlyContain(s => s.Advantage[0] == 0 && s.Advantage[s.Trajectory.TokenIds.Length - 1] < 0);
    }

    private sealed class BifurcationCredit(IAdvantageEstimator inner, IExperienceLanguage language) : DelegatingAdvantageEstimator(inner)
    {
        public override RolloutNeeds Needs => base.Needs | RolloutNeeds.Experiences;

        public override async ValueTask<IReadOnlyList<IReadOnlyList<Advantage>>> EstimateAsync(
            RolloutBatch rollouts, CancellationToken cancellationToken = default)
        {
            IReadOnlyList<IReadOnlyList<Advantage>> plain = await base.EstimateAsync(rollouts, cancellationToken);
            return [.. rollouts.Groups.Select((group, g) =>
            {
                Advantage[] credited = [.. plain[g]];
                foreach (MetaExperience experience in rollouts.Experiences[g])
                {
                    int wrong = experience.Pair.IncorrectIndex;
                    Trajectory attempt = group.Trajectories[wrong];
                    if (language.Locate(experience.Text, experience.Sections, attempt) is not { } point) continue;
                    (int first, Advantage whole) = (attempt.TokensOf(point).Start.Value, plain[g][wrong]);
                    double[] values = [.. Enumerable.Range(0, attempt.TokenIds.Length).Select(t => t < first ? 0 : whole[t])];
                    if (first > 0) credited[wrong] = Advantage.OfTokens(values);
                }

                return credited;
            })];
        }
    }

    /// <summary>Finds the words of s* in the attempt.</summary>
    private sealed class LocatingLanguage : IExperienceLanguage
    {
        private readonly ToyExperienceLanguage _toy = new();

        public string ExtractionPrompt(Prompt prompt, Trajectory incorrect, Trajectory correct) => _toy.ExtractionPrompt(prompt, incorrect, correct);

        public ExperienceParse Parse(string text) => _toy.Parse(text);

        public string ReplayPrompt(Prompt prompt, string experience) => _toy.ReplayPrompt(prompt, experience);

        public string RecallPrompt(string experience, ExperienceSections sections) => _toy.RecallPrompt(experience, sections);

        public TextSpan? Locate(string experience, ExperienceSections sections, Trajectory attempt)
        {
            string point = sections.BifurcationPoint.Of(experience);
            int start = attempt.Text.IndexOf(point, StringComparison.Ordinal);
            return start < 0 ? null : new TextSpan(start, point.Length);
        }
    }
}
