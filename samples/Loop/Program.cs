// The whole algorithm in one file: what Trainer does, written out over the same public types.
// Sample, verify, learn from the comparison, advantages, rows, losses, step.
//
//   dotnet run -c Release --project samples/Loop [-- steps]
//
// It trains the built-in model with GRPO and meta-experiences and prints a line a step. Copy it to change what no option changes.

using System.CommandLine;
using System.Globalization;
using Mel.Advantages;
using Mel.Evaluation;
using Mel.Experiences;
using Mel.Objectives;
using Mel.Prompts;
using Mel.Rewards;
using Mel.Rollouts;
using Mel.Runtime;
using Mel.Samples.Miniature;
using Mel.Training;
using Mel.Transformers;
using static TorchSharp.torch;

const int PromptsPerStep = 32, GroupSize = 8, MicroBatchTokens = 16384, WarmupSteps = 5;
const double LearningRate = 7e-4, MaxGradientNorm = 1.0;
const ulong Seed = 1;
Argument<int> count = new Argument<int>("steps") { Description = "Number of steps.", DefaultValueFactory = _ => 20 }.AtLeast(1);
ParseResult line = new RootCommand("The whole algorithm in one file, on the built-in model.") { count }.Parse(args);
if (line.Errors.Count > 0 || line.Action is not null) return await new CommandLineProgram().RunAsync(line);      // what is wrong, or --help
int steps = line.GetValue(count);

ComputeThreads.Set(1);                                                                   // small matrices gain nothing from a second thread
using TransformerPolicy policy = MiniatureModel.Load();                                  // pi_theta
World world = MiniatureModel.LoadWorld();
ChainVerifier verifier = new();                                                          // V of Eq. 1
VerifiedRollouts rollouts = new(policy, verifier);
SamplingOptions sampling = new() { MaxTokens = Chain.StandardTokens };
PromptList questions = new(QuestionSets.Training(world, steps * PromptsPerStep, Seed));
IReadOnlyList<Prompt> heldOut = QuestionSets.HeldOut(world, 256, seed: 7);

IExperienceExtractor extractor = ExperienceExtractor.Create(policy, verifier, new MiniatureLanguage(), MiniatureModel.ExperienceOptions());    // Eq. 2-6
GroupRelativeAdvantage estimator = new();                                                // A of Eq. 10
MetaExperienceObjective objective = new(new ClippedSurrogateObjective(), new() { Conditioning = Conditioning.Heuristic, Weight = 0.1 });       // Eq. 9
using AdamW optimizer = new(policy.Parameters, new OptimizerOptions { Beta2 = 0.99 });

Report("before", await PassAt1Async());
for (int step = 1; step <= steps; step++)
{
    // 1. Rollouts: G attempts at each of P questions, each judged.
    IReadOnlyList<Prompt> prompts = await questions.TakeAsync((step - 1) * PromptsPerStep, PromptsPerStep);
    RolloutRequest[] requests = [.. prompts.Select((prompt, i) => rollouts.Request(prompt, GroupSize, Seeds.Derive(Seed, 1, (ulong)step, (ulong)i)))];
    IReadOnlyList<RolloutGroup> groups = (await rollouts.SampleAsync(requests, sampling)).Groups;

    // 2. Meta-experiences: pairs of right and wrong attempts are compared, and what was written is proven by replay.
    ExtractionResult experiences = await extractor.ExtractAsync(new ExtractionRequest(groups, Seeds.Derive(Seed, 2, (ulong)step), step));

    // 3. Advantages: how much better than its group each attempt is.
    RolloutBatch batch = new(groups, experiences.ByGroup(groups.Count), Seeds.Derive(Seed, 3, (ulong)step));
    IReadOnlyList<IReadOnlyList<Advantage>> advantages = await estimator.EstimateAsync(batch);

    // 4. Update. Everything with a tensor in it runs on this thread, without an await in between.
    (double loss, double norm) = Update(TrainingBatch.Create(batch, advantages), LearningRate * Math.Min(1.0, (double)step / WarmupSteps));

    double reward = groups.Average(group => group.Rewards.Average());
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
        $"step {step,3}  reward {reward:F3}  experiences {experiences.Retained.Count,3} of {experiences.Candidates,3}  loss {loss,7:F4}  gradient {norm:F3}"));
}

Report("after", await PassAt1Async());
return 0;

(double Loss, double Norm) Update(TrainingBatch batch, double learningRate)
{
    double loss = 0;
    foreach (MicroBatch part in new ScoringPlan(objective.Terms(batch)).MicroBatches(MicroBatchTokens))     // the rows of all terms, each once
    {
        using var scope = NewDisposeScope();
        TokenScores scores = policy.Score(part.Tokens);                                  // log pi_theta of every token, with its graph
        Tensor total = part.Loss(scores);                                                // what the terms make of it: Eq. 10, negated
        total.backward();
        loss += total.item<float>();
    }

    double norm = GradientNorm();
    if (norm > 0) optimizer.Step(learningRate, Math.Min(1.0, MaxGradientNorm / norm));
    foreach (Tensor parameter in policy.Parameters.Values) parameter.grad = null;
    return (loss, norm);
}

double GradientNorm()
{
    using var scope = NewDisposeScope();
    return Math.Sqrt(policy.Parameters.Values.Select(p => p.grad).OfType<Tensor>().Sum(g => (double)g.square().sum().item<float>()));
}

async Task<double> PassAt1Async()
    => (await new Evaluator(policy, verifier).EvaluateAsync(heldOut, new EvaluationOptions { Samples = 0, MaxTokens = Chain.StandardTokens })).PassAt1;

static void Report(string when, double passAt1) => Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Pass@1 {when}: {100 * passAt1:F1} %"));
