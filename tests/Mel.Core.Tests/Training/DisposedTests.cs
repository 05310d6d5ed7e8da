using Mel.Advantages;
using Mel.Objectives;
using Mel.Services;
using Mel.Testing;
using Mel.Training;
using static TorchSharp.torch;

namespace Mel.Core.Tests.Training;

/// <summary>What was released says so when it is used.</summary>
[TestFixture, NoTensorLeaks]
public sealed class DisposedTests
{
    [Test]
    public void AdamW_Disposed_SaysSo()
    {
        using Tensor weight = zeros(2, requires_grad: true);
        AdamW adam = new(new Dictionary<string, Tensor> { ["w"] = weight });
        adam.Dispose();
        adam.Dispose();

        FluentActions.Invoking(() => adam.Step(0.1)).Should().Throw<ObjectDisposedException>().Which.ObjectName.Should().Be(typeof(AdamW).FullName);
        FluentActions.Invoking(() => adam.State).Should().Throw<ObjectDisposedException>();
        FluentActions.Invoking(() => adam.Resume(1)).Should().Throw<ObjectDisposedException>();
    }

    [Test]
    public void PolicyUpdater_Disposed_SaysSo()
    {
        using BigramPolicy policy = TinyRun.Policy();
        PolicyUpdater updater = new(policy, new ClippedSurrogateObjective());
        updater.Dispose();
        updater.Dispose();

        FluentActions.Invoking(() => updater.Update(new RolloutBatch([]), [], [], new TrainingState(0, 0, 0, 0))).Should().Throw<ObjectDisposedException>()
            .Which.ObjectName.Should().Be(typeof(PolicyUpdater).FullName);
    }

    [Test]
    public async Task MetricsFile_Disposed_SaysSo()
    {
        using TemporaryFolder folder = new();
        MetricsFile file = new(Path.Combine(folder.Path, "metrics.jsonl"));
        file.Dispose();
        file.Dispose();

        await FluentActions.Awaiting(() => TinyRun.RunAsync(withExperiences: false, parts: new TrainerParts { Services = [file] }))
            .Should().ThrowAsync<ObjectDisposedException>();
    }
}
