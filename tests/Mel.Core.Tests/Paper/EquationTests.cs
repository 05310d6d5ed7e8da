using Mel.Advantages;
using Mel.Experiences;
using Mel.Losses;
using Mel.Objectives;
using Mel.Prompts;
using Mel.Rewards;
using Mel.Rollouts;
using Mel.Testing;
using Mel.Verification;
using static TorchSharp.torch;

namespace Mel.Core.Tests.Paper;

/// <summary>The equations of the paper, one by one, against values worked by hand or by plain float64 loops.</summary>
[TestFixture, NoTensorLeaks]
public sealed class EquationTests
{
    private const string Alphabet = "abcdxr!";

    private const string Written = """
        1. Failure Resolution Path & Error Pattern Recognition
        - Failure Point: the sign was lost in the second step.
        - Latent Cognitive Pattern: haste.
        2. Analysis of Success Factors
        - Robustness Factor: each step was checked.
        3. First-Person Reflective Summary
        I will check signs.
        4. Subject Heuristics
        - [Sign Check]: If a term changes sides, then flip its sign.
        """;

    private static readonly Prompt Question = new("q", "What is 1 - 2?", "-1");

    [Test]
    public async Task Eq01_Reward_IsOneWhereTheVerifierFindsTheReferenceAnswer_AndPartitionsTheGroup()
    {
        BoxedAnswerVerifier verifier = new();
        Trajectory[] group = [Trajectories.Of(@"so \boxed{-1}"), Trajectories.Of(@"so \boxed{1}"), Trajectories.Of("no answer"), Trajectories.Of(@"\boxed{-1.0}"), Trajectories.Of(@"\boxed{-1}", stops: false)];

        List<Judgement> verdicts = [];
        foreach (Trajectory trajectory in group) verdicts.Add(await verifier.VerifyAsync(Question, trajectory));

        new RolloutGroup(Question, Trajectories.Tokens(Question.Text), group, verdicts).Rewards.Should().Equal(1, 0, 0, 1, 0);
    }

    [Test]
    public async Task Eq02_BifurcationPoint_IsAskedForAfterInstructionQuestionAndBothAttempts()
    {
        ScriptedSampler sampler = new((_, _) => Written);

        MetaExperience experience = (await ExtractAsync(sampler)).Retained.Single();

        experience.BifurcationPoint.Should().Be("- Failure Point: the sign was lost in the second step.");
        string context = ScriptedSampler.MessageOf(sampler.Calls.Single().Requests.Single());
        int[] order = [.. new[] { "You are a Meta-Cognitive Reasoning Analyst", "<question>\nWhat is 1 - 2?\n</question>", "<answer> I say 1 </answer> <judge> Incorrect", "<answer> I say -1 </answer> <judge> Correct" }.Select(part => context.IndexOf(part, StringComparison.Ordinal))];
        order.Should().BeInAscendingOrder().And.NotContain(-1, "I, x, y- and y+ are given in the order of the template of appendix C");
    }

    [Test]
    public async Task Eq03_Critique_FollowsTheBifurcationPoint()
        => (await ExtractAsync(new ScriptedSampler((_, _) => Written))).Retained.Single().Critique
            .Should().StartWith("- Latent Cognitive Pattern: haste.").And.Contain("each step was checked").And.EndWith("I will check signs.");

    [Test]
    public async Task Eq04_Heuristic_FollowsTheCritique()
        => (await ExtractAsync(new ScriptedSampler((_, _) => Written))).Retained.Single().Heuristic
            .Should().Be("- [Sign Check]: If a term changes sides, then flip its sign.");

    [Test]
    public async Task Eq05_MetaExperience_IsTheTupleOfAllThree_InOneGenerationPerPair()
    {
        ScriptedSampler sampler = new((_, _) => Written);

        ExtractionResult result = await ExtractAsync(sampler);

        MetaExperience experience = result.Retained.Single();
        sampler.Calls.Should().ContainSingle().Which.Requests.Should().ContainSingle().Which.Count.Should().Be(1);
        experience.Text.Should().Be(Written);
        experience.Written.TokenIds.ToArray().Should().Equal(Trajectories.Tokens(Written).Append(Trajectories.Stop), "sampled tokens are kept, the stop token included");
        int[] starts = [experience.Sections.BifurcationPoint.Start, experience.Sections.Critique.Start, experience.Sections.Heuristic.Start];
        starts.Should().BeInAscendingOrder();
        (experience.Pair.Correct.Text, experience.Pair.Incorrect.Text).Should().Be(("I say -1", "I say 1"));
    }

    [Test]
    public async Task Eq06_Replay_KeepsExactlyTheExperiencesAfterWhichTheAnswerIsRight()
    {
        // Three questions; the replay is right after the experiences of the first and the third.
        RolloutGroup[] groups = [.. Enumerable.Range(0, 3).Select(i => Trajectories.Group(new Prompt($"q{i}", $"question {i}", "yes"), ["yes", "no"], 0))];
        ScriptedSampler sampler = new((message, _) => !message.StartsWith("Prior study", StringComparison.Ordinal) ? Written : message.EndsWith("question 1", StringComparison.Ordinal) ? "no" : "yes");

        ExtractionResult result = await ExperienceExtractor.Create(sampler, new ExactAnswerVerifier()).ExtractAsync(groups, seed: 1);

        result.Retained.Select(e => e.Pair.Group.Prompt.Id).Should().Equal("q0", "q2");
        result.Retained.Should().OnlyContain(e => e.Replays.Count == 1 && e.Replays[0].Judgement.Verdict == Verdict.Correct && e.Replays[0].Attempt.Text == "yes");
        result.Dropped.Should().ContainSingle().Which.Should().BeEquivalentTo(new { Reason = DropReason.ReplayFailed, Detail = "0 of 1 replays were correct; 1 must be." });
        foreach (SamplingRequest replay in sampler.Calls[1].Requests)
            ScriptedSampler.MessageOf(replay).Should().Contain(Written, "y_val is drawn from pi(. | x, M) with the whole of M").And.Contain("Answer the following question:\nquestion ");
    }

    [Test]
    public void Eq07_Nll_IsTheTokenMeanGivenTheRetrospectiveContext()
    {
        using var scope = NewDisposeScope();
        using BigramPolicy policy = new(Alphabet);
        MetaExperience experience = Experience(policy, "q", "xabcab", "rcda");
        ScoreSpy spy = new(policy);

        TermValue term = new MetaExperienceObjective(new Nothing()).Evaluate(spy, Batch([experience.Pair.Group], [experience])).Values[^1];
        term.Loss.backward();

        SlowBigram slow = SlowBigram.Of(policy.Snapshot());
        term.Loss.item<float>().Should().BeApproximately((float)slow.Nll(policy.Encode("xabcab"), experience.Written.TokenIds), 1e-6f);
        TokenSequence scored = spy.Batches.Single().Sequences.Single();
        scored.Context.ToArray().Should().Equal(policy.Encode("xabcab").ToArray(), "C_retro = [I, x, y+, y-] is given");
        scored.Response.ToArray().Should().Equal(experience.Written.TokenIds.ToArray(), "only M* is predicted");
        // Context tokens carry no loss: the row of x, which occurs only within it, has no gradient.
        using Tensor gradient = policy.Parameters["logits"].grad!;
        double[] rows = [.. gradient.abs().sum(1).data<float>().Select(v => (double)v)];
        rows[Alphabet.IndexOf('x', StringComparison.Ordinal)].Should().Be(0);
        rows[Alphabet.IndexOf('b', StringComparison.Ordinal)].Should().BePositive("the first token of M* follows the last of the context");
    }

    [Test]
    public void Eq07_FirstLine_IsTheMeanOverAllExperiences()
    {
        using BigramPolicy policy = new(Alphabet);
        (RolloutGroup[] groups, MetaExperience[] experiences, double[] nll) = ThreeExperiencesOfTwoQuestions(policy);

        Loss(policy, groups, experiences, ExperienceNormalization.ExperienceMean).Should().BeApproximately(nll.Average(), 1e-6);
    }

    [Test]
    public void Eq07_SecondLine_IsTheMeanPerQuestionThenOverQuestions()
    {
        using BigramPolicy policy = new(Alphabet);
        (RolloutGroup[] groups, MetaExperience[] experiences, double[] nll) = ThreeExperiencesOfTwoQuestions(policy);

        Loss(policy, groups, experiences, ExperienceNormalization.PromptMeanNonEmpty).Should().BeApproximately((((nll[0] + nll[1]) / 2) + nll[2]) / 2, 1e-6);
    }

    [Test]
    public void Eq08_Return_IsTheExpectedLogLikelihood_ZeroForAQuestionWithoutExperience()
    {
        using BigramPolicy policy = new(Alphabet);
        (RolloutGroup[] groups, MetaExperience[] experiences, double[] nll) = ThreeExperiencesOfTwoQuestions(policy);

        // Three questions: R_MEL is the mean log-likelihood of the first's two, of the second's one, and 0 for the third.
        double[] returns = [-(nll[0] + nll[1]) / 2, -nll[2], 0];
        Loss(policy, groups, experiences, ExperienceNormalization.PromptMeanAll).Should().BeApproximately(-returns.Average(), 1e-6);
    }

    [Test]
    public void Eq08_AQuestionDrawnTwice_HasAReturnPerGroup()
    {
        using BigramPolicy policy = new(Alphabet);
        MetaExperience first = Experience(policy, "same", "xab", "abc"), second = Experience(policy, "same", "xcd", "dcb");
        SlowBigram slow = SlowBigram.Of(policy.Snapshot());

        Loss(policy, [first.Pair.Group, second.Pair.Group], [first, second], ExperienceNormalization.PromptMeanAll)
            .Should().BeApproximately((slow.Nll(first.ContextTokenIds, first.Written.TokenIds) + slow.Nll(second.ContextTokenIds, second.Written.TokenIds)) / 2, 1e-6);
    }

    [TestCase(1.0)]
    [TestCase(0.25)]
    public void Eq09_Objective_IsTheSumOfBothTerms_AndTheInnerOneIsNotRescaled(double weight)
    {
        using var scope = NewDisposeScope();
        using BigramPolicy policy = new(Alphabet);
        (RolloutGroup[] groups, MetaExperience[] experiences, _) = ThreeExperiencesOfTwoQuestions(policy);
        TrainingBatch batch = Batch(groups, experiences);
        ClippedSurrogateObjective inner = new();

        ObjectiveResult joint = new MetaExperienceObjective(inner, new MetaExperienceOptions { Weight = weight }).Evaluate(policy, batch);

        joint.Terms.Select(t => t.Name).Should().Equal("policy", "meta_experience");
        joint.Values[0].Loss.item<float>().Should().Be(inner.Evaluate(policy, batch).Values[0].Loss.item<float>());
        joint.Total().item<float>().Should().BeApproximately(joint.Values[0].Loss.item<float>() + ((float)weight * joint.Values[1].Loss.item<float>()), 1e-6f);
    }

    [Test]
    public void Eq10_JointObjective_ValueAndGradientEqualAPlainDoubleLoop()
    {
        using var scope = NewDisposeScope();
        using BigramPolicy old = new(Alphabet, seed: 1), policy = new(Alphabet, seed: 2);
        using (no_grad()) policy.Parameters["logits"].mul_(5);          // off-policy enough for ratios beyond both clips
        RolloutGroup[] groups =
        [
            Sampled(old, "a", ["ab", "ba", "bbc", "da"], 0, 1),
            Sampled(old, "c", ["dd", "a", "cabd", "xrx"], 2),
            Sampled(old, "b", ["ac", "ca", "c", "a"], 0, 1, 2, 3),      // all right: no advantage, but counted
        ];
        MetaExperience[] experiences = [Experience(old, groups[0], "xa", "abcd"), Experience(old, groups[0], "xb", "rrd"), Experience(old, groups[1], "xc", "dcbadcba")];
        TrainingBatch batch = Batch(groups, experiences);
        MetaExperienceObjective objective = new(new ClippedSurrogateObjective(new ClippedSurrogateOptions { Aggregation = Aggregation.SequenceMeanTokenMean }));

        Tensor loss = objective.Evaluate(policy, batch).Total();
        loss.backward();

        SlowBigram slow = SlowBigram.Of(policy.Snapshot());
        loss.item<float>().Should().BeApproximately((float)-J(slow), 1e-6f);
        using Tensor gradient = policy.Parameters["logits"].grad!;
        double[] expected = slow.Gradient(J);
        float[] given = [.. gradient.data<float>()];
        for (int i = 0; i < expected.Length; i++) given[i].Should().BeApproximately((float)-expected[i], 2e-6f, "parameter {0}", i);

        // J(theta) of Eq. 10: the mean over questions of (1/G) sum_i (1/|y_i|) sum_t min(rho A, clip(rho, 1 - eps, 1 + eps) A) + R_MEL.
        double J(SlowBigram theta)
        {
            double sum = 0;
            int clipped = 0;
            foreach (RolloutGroup group in groups)
            {
                double mean = group.Rewards.Average(), deviation = Math.Sqrt(group.Rewards.Sum(r => (r - mean) * (r - mean)) / (group.Rewards.Count - 1));
                double ofGroup = 0;
                for (int i = 0; i < group.Trajectories.Count; i++)
                {
                    double advantage = deviation == 0 ? 0 : (group.Rewards[i] - mean) / (deviation + 1e-6);
                    double[] now = theta.LogProbs(group.PromptTokenIds, group.Trajectories[i].TokenIds);
                    double ofTrajectory = 0;
                    for (int t = 0; t < now.Length; t++)
                    {
                        double ratio = Math.Exp(now[t] - group.Trajectories[i].LogProbs.Span[t]);
                        if (ratio is < 0.8 or > 1.2) clipped++;
                        ofTrajectory += Math.Min(ratio * advantage, Math.Clamp(ratio, 0.8, 1.2) * advantage);
                    }

                    ofGroup += ofTrajectory / now.Length;
                }

                MetaExperience[] own = [.. experiences.Where(e => e.Pair.Group == group)];
                double retrospective = own.Length == 0 ? 0 : -own.Average(e => theta.Nll(e.ContextTokenIds, e.Written.TokenIds));
                sum += (ofGroup / group.Trajectories.Count) + retrospective;
            }

            clipped.Should().BePositive("the case must reach the clip");
            return sum / groups.Length;
        }
    }

    private static Task<ExtractionResult> ExtractAsync(ISampler sampler)
        => new ContrastiveExperienceExtractor(sampler).ExtractAsync([Trajectories.Group(Question, ["I say 1", "I say -1"], 1)], seed: 1);

    private static (RolloutGroup[] Groups, MetaExperience[] Experiences, double[] Nll) ThreeExperiencesOfTwoQuestions(BigramPolicy policy)
    {
        RolloutGroup[] groups = [Sampled(policy, "a", ["ab", "ba"], 0), Sampled(policy, "c", ["dd", "a"], 1), Sampled(policy, "b", ["ac", "ca"], 0)];
        MetaExperience[] experiences = [Experience(policy, groups[0], "xa", "abcd"), Experience(policy, groups[0], "xb", "rrd"), Experience(policy, groups[1], "xc", "dcbadcba")];
        SlowBigram slow = SlowBigram.Of(policy.Snapshot());
        return (groups, experiences, [.. experiences.Select(e => slow.Nll(e.ContextTokenIds, e.Written.TokenIds))]);
    }

    private static double Loss(BigramPolicy policy, RolloutGroup[] groups, MetaExperience[] experiences, ExperienceNormalization normalization)
    {
        using var scope = NewDisposeScope();
        return new MetaExperienceObjective(new Nothing(), new MetaExperienceOptions { Normalization = normalization }).Evaluate(policy, Batch(groups, experiences)).Values[^1].Loss.item<float>();
    }

    private static TrainingBatch Batch(RolloutGroup[] groups, MetaExperience[] experiences)
        => TrainingBatch.Create(groups.With(experiences), new GroupRelativeAdvantage().Estimate(groups));

    /// <summary>A group whose log-probabilities are those of a policy.</summary>
    private static RolloutGroup Sampled(BigramPolicy policy, string question, string[] texts, params int[] correct)
    {
        SlowBigram slow = SlowBigram.Of(policy.Snapshot());
        ReadOnlyMemory<int> prompt = policy.Encode(question);
        Trajectory[] trajectories = [.. texts.Select(text =>
        {
            ReadOnlyMemory<int> tokens = policy.Encode(text + "!");
            return new Trajectory(tokens, slow.LogProbs(prompt, tokens).Select(l => (float)l).ToArray(), text, FinishReason.Stop);
        })];
        return new RolloutGroup(new Prompt(question, question, "?"), prompt, trajectories, [.. texts.Select((_, i) => (Judgement)(correct.Contains(i) ? Verdict.Correct : Verdict.Incorrect))]);
    }

    private static MetaExperience Experience(BigramPolicy policy, string question, string context, string written)
        => Experience(policy, new RolloutGroup(new Prompt(question, question, "?"), policy.Encode("a"), [Trajectories.Of("b"), Trajectories.Of("c")], [Verdict.Correct, Verdict.Incorrect]), context, written);

    private static MetaExperience Experience(BigramPolicy policy, RolloutGroup group, string context, string written)
        => new(new ContrastivePair(0, group, 0, 1), policy.Encode(context), new Trajectory(policy.Encode(written + "!"), new float[written.Length + 1], written, FinishReason.Stop), new ExperienceSections(default, default, default), default);

    /// <summary>An objective without any term.</summary>
    private sealed class Nothing : IObjective
    {
        public IReadOnlyList<ILossTerm> Terms(TrainingBatch batch) => [];
    }
}
