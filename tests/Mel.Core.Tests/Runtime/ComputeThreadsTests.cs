using Mel.Algorithms;
using Mel.Core.Tests.Training;
using Mel.Evaluation;
using Mel.Rollouts;
using Mel.Runtime;
using Mel.Testing;
using Mel.Training;
using static TorchSharp.torch;

namespace Mel.Core.Tests.Runtime;

[TestFixture]
public sealed class ComputeThreadsTests
{
    [TearDown]
    public void Restore() => set_num_threads(1);     // also what a thread begins with that computes for the first time

    [Test]
    public async Task Set_HoldsAfterEveryAwait()
    {
        await Task.Run(async () =>
        {
            ComputeThreads.Set(3);
            for (int i = 0; i < 20; i++)
            {
                await AnotherThread(numThreads: 2).ConfigureAwait(false);
                get_num_threads().Should().Be(3);
                (await Task.Run(get_num_threads).ConfigureAwait(false)).Should().Be(3);
            }
        });
    }

    [Test]
    public async Task Set_InACalledFlow_LeavesTheThreadItsOwnNumber()
    {
        await OnThreadOfItsOwn(() =>
        {
            set_num_threads(2);
            Task called = Called();
            get_num_threads().Should().Be(2);
            called.GetAwaiter().GetResult();
            return get_num_threads().Should().Be(2).And.Subject!.Value;

            static async Task Called()
            {
                ComputeThreads.Set(3);
                await Task.Yield();
                get_num_threads().Should().Be(3);
            }
        });
    }

    [Test]
    public async Task Set_InAnInnerFlow_EndsWithIt()
    {
        await Task.Run(async () =>
        {
            ComputeThreads.Set(3);
            await Inner().ConfigureAwait(false);
            get_num_threads().Should().Be(3);

            static async Task Inner()
            {
                ComputeThreads.Set(2);
                await Task.Delay(1).ConfigureAwait(false);
                get_num_threads().Should().Be(2);
            }
        });
    }

    [TestCase(0), TestCase(-1)]
    public void Set_NotPositive_IsRefused(int threads) => FluentActions.Invoking(() => ComputeThreads.Set(threads)).Should().Throw<ArgumentOutOfRangeException>();

    [Test]
    public async Task TrainerAndEvaluator_ComputeWithTheNumberOfTheirCaller()
    {
        using BigramPolicy inner = TinyRun.Policy();
        Watching policy = new(inner);
        Trainer trainer = new(policy, TinyRun.Judge, TinyRun.Learning(Algorithm.Grpo()), TinyRun.Options());

        await OnThreadOfItsOwn(() =>
        {
            set_num_threads(3);
            trainer.RunAsync(TinyRun.Questions()).GetAwaiter().GetResult();
            new Evaluator(policy, TinyRun.Judge).EvaluateAsync([new("1", "a", "b")], new EvaluationOptions { Samples = 4, MaxTokens = 4 }).GetAwaiter().GetResult();
            return 0;
        });

        policy.Seen.Should().HaveCountGreaterThan(10).And.AllBeEquivalentTo(3);
    }

    private static Task<int> OnThreadOfItsOwn(Func<int> work)
    {
        using AsyncFlowControl apart = ExecutionContext.SuppressFlow();
        return Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>What awaits this goes on with a thread that has a number of its own.</summary>
    private static Task AnotherThread(int numThreads)
    {
        TaskCompletionSource other = new();
        new Thread(() =>
        {
            set_num_threads(numThreads);
            other.SetResult();
        }).UnsafeStart();
        return other.Task;
    }

    /// <summary>Notes the number of threads at every call, and answers on a thread that has another.</summary>
    private sealed class Watching(IPolicy inner) : DelegatingPolicy(inner)
    {
        public List<int> Seen { get; } = [];

        public override async Task<IReadOnlyList<IReadOnlyList<Trajectory>>> SampleAsync(IReadOnlyList<SamplingRequest> requests, SamplingOptions options, CancellationToken cancellationToken = default)
        {
            Seen.Add(get_num_threads());
            var result = await base.SampleAsync(requests, options, cancellationToken).ConfigureAwait(false);
            await AnotherThread(numThreads: 2).ConfigureAwait(false);
            return result;
        }

        public override TokenScores Score(TokenBatch batch)
        {
            Seen.Add(get_num_threads());
            return base.Score(batch);
        }
    }
}
