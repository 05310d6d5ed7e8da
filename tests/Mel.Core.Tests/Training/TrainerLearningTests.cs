using Mel.Algorithms;
using Mel.Objectives;
using Mel.Testing;
using Mel.Training;
using TorchSharp;
using static Mel.Core.Tests.Training.TinyRun;

namespace Mel.Core.Tests.Training;

[TestFixture, NoTensorLeaks]
public sealed class TrainerLearningTests
{
    [TestCase("grpo", false)]
    [TestCase("grpo", true)]
    [TestCase("reinforce++", false)]
    [TestCase("reinforce++", true)]
    [TestCase("rft", false)]
    [TestCase("rft", true)]
    [TestCase("dapo", false)]
    [TestCase("dr-grpo", false)]
    [TestCase("gspo", false)]
    [TestCase("rloo", false)]
    [TestCase("cispo", false)]
    [TestCase("paper", true)]
    public async Task Run_LearnableTask_RewardRises(string name, bool withExperiences)
    {
        Algorithm algorithm = Algorithm.Named(name);
        if (withExperiences) algorithm = algorithm.WithMetaExperience(new MetaExperienceOptions { Weight = 0.1 });

        Outcome run = await RunAsync(Options(steps: 60), algorithm, withExperiences: withExperiences);

        // Rewards before a filter: dynamic sampling shows only what is still undecided.
        double first = Solved(run.Steps.Take(5)), last = Solved(run.Steps.TakeLast(5));
        first.Should().BeLessThan(0.4);
        if (name != "dapo") last.Should().BeGreaterThan(0.85);
        Greedy(run.Parameters).Should().Be(2, "after a and c the answer must have become the most probable letter");
    }

    [Test]
    public async Task Run_TwoHundredSteps_LivesOnAConstantNumberOfTensors()
    {
        List<long> live = [];
        await RunAsync(Options(steps: 200), then: r =>
        {
            if (r.Step >= 5) live.Add(torch.Tensor.TotalCount);
        });

        live.Max().Should().Be(live.Min());
    }

    [Test]
    public async Task Step_Update_LeavesNothingToTheGarbageCollector()
    {
        // The update runs on one thread from the first batch to the report; within a thread even a tensor that a finalizer would free counts as alive.
        LiveCount count = new(new MetaExperienceObjective(new ClippedSurrogateObjective()));
        List<(int Thread, long Live)> after = [];

        await RunAsync(Options(steps: 5), Algorithm.Grpo() with { Objective = count }, then: _ =>
        {
            after.Add((Environment.CurrentManagedThreadId, DisposeScopeManager.Statistics.ThreadTotalLiveCount));
            count.NextStep();
        });

        after.Should().Equal(count.Before);
    }

    private static double Solved(IEnumerable<StepReport> steps) => steps.Average(s => s.Reward);

    /// <summary>How many of the two questions are most probably followed by their answer.</summary>
    private static int Greedy(float[] logits) => "ac".Zip("bd").Count(pair =>
    {
        Span<float> row = logits.AsSpan(Alphabet.IndexOf(pair.First, StringComparison.Ordinal) * Alphabet.Length, Alphabet.Length);
        return Alphabet[row.IndexOf(System.Numerics.Tensors.TensorPrimitives.Max<float>(row))] == pair.Second;
    });

    /// <summary>The tensors alive on the thread when the first update of each step begins.</summary>
    private sealed class LiveCount(IObjective inner) : DelegatingObjective(inner)
    {
        private bool _counted;

        public List<(int Thread, long Live)> Before { get; } = [];

        public void NextStep() => _counted = false;

        public override IReadOnlyList<ILossTerm> Terms(TrainingBatch batch)
        {
            if (!_counted) Before.Add((Environment.CurrentManagedThreadId, DisposeScopeManager.Statistics.ThreadTotalLiveCount));
            _counted = true;
            return base.Terms(batch);
        }
    }
}
