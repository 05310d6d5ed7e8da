using Mel.Algorithms;
using Mel.Prompts;
using Mel.Rollouts;
using Mel.Runtime;
using Mel.Samples.Miniature;
using Mel.Services;
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
        ArmComposer composer = new(job.Arm, world);
        Algorithm algorithm = composer.Compose();
        ISampler examined = job.Arm.Addition == Addition.Retrieval ? new GuidingSampler(policy, new RememberedHint(composer.Memory!).Of) : policy;
        RunRecorder recorder = new(world, composer.Memory, evaluates ? new HeldOutQuestions(world, examined) : null);
        if (job.Steps == 0)
        {
            await recorder.UntrainedAsync(cancellationToken);
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
            // Attempts of another author, or of the model with help, begin at a ratio of 1 like its own.
            OldLogProbs = job.Arm.Addition is Addition.TrueHints or Addition.TrueTraces ? OldLogProbs.Recomputed : OldLogProbs.Auto,
        };
        PromptList questions = new(QuestionSets.Training(world, job.Steps * PromptsPerStep, job.Seed));
        IRunService[] services = job.Part == Plan.ProbePart ? [new GradientProbe(own => Solutions(world, own)), recorder] : [recorder];
        await new Trainer(policy, new ChainVerifier(), algorithm, options, new TrainerParts { Services = services })
            .RunAsync(questions, cancellationToken: cancellationToken);
        return recorder.Row(job, start.Digest);
    }

    /// <summary>Held-out questions and their true solutions, for the gradient probe alone.</summary>
    private static IReadOnlyList<TokenSequence> Solutions(World world, IPolicy policy)
    {
        WordTokenizer tokenizer = new();
        return
        [
            .. QuestionSets.HeldOut(world, 64, seed: 9).Select(prompt => Question.TryParse(prompt.Text, out Question? question)
                ? new TokenSequence(policy.Encode(prompt.Text), tokenizer.Encode($"{world.Solve(question)} {Words.End}").ToArray())
                : throw new FormatException($"'{prompt.Text}' is no question.")),
        ];
    }
}
