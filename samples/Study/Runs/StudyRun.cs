using Mel.Algorithms;
using Mel.Prompts;
using Mel.Rollouts;
using Mel.Runtime;
using Mel.Samples.Miniature;
using Mel.Training;
using Mel.Transformers;

namespace Mel.Samples.Study;

/// <summary>Makes one run and tells what came of it.</summary>
/// <param name="job">The run.</param>
/// <param name="start">The weights it starts from.</param>
internal sealed class StudyRun(StudyJob job, StartingWeights start)
{
    public const int PromptsPerStep = 32, GroupSize = 8;

    /// <param name="evaluates">Whether the model is evaluated; a run that only measures cost does without.</param>
    /// <param name="cancellationToken">Stops the run.</param>
    public async Task<RunRow> RunAsync(bool evaluates, CancellationToken cancellationToken)
    {
        ComputeThreads.Set(1);     // runs go side by side, and small matrices gain nothing from a second thread
        World world = job.World.Open();
        using TransformerPolicy policy = MiniatureModel.Load(start.Folder);
        ArmComposer composer = new(job.Arm, world.Shape);
        Algorithm algorithm = composer.Compose();
        RunRecorder recorder = new(world, composer.Memory, evaluates ? new HeldOutQuestions(world) : null);
        if (job.Steps == 0)
        {
            await recorder.UntrainedAsync(policy, cancellationToken);
            return recorder.Row(job, start.Digest);
        }

        TrainerOptions options = new()
        {
            Steps = job.Steps,
            PromptsPerStep = PromptsPerStep,
            GroupSize = GroupSize,
            Sampling = new SamplingOptions { MaxTokens = world.Shape.SolutionTokens },
            Optimizer = new OptimizerOptions { LearningRate = job.Arm.LearningRate, WarmupSteps = 5, Beta2 = 0.99 },
            Seed = job.Seed,
        };
        PromptList questions = new(QuestionSets.Training(world, job.Steps * PromptsPerStep, job.Seed));
        await new Trainer(policy, new ChainVerifier(), algorithm, options, new TrainerParts { Services = [recorder] })
            .RunAsync(questions, cancellationToken: cancellationToken);
        return recorder.Row(job, start.Digest);
    }
}
