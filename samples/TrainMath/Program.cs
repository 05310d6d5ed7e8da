// Meta-Experience Learning on real files: a Hugging Face checkpoint, a JSON-lines problem set, the model's own tokenizer and chat template, the paper's
// prompts.
//
//   dotnet run -c Release --project samples/TrainMath -- --model <folder> --data <file.jsonl> --steps <n> [--objective grpo|reinforce++|rft]
// [--no-meta-experience]
//                                                        [--weights bfloat16] [--device cuda] [--lora 16] [--recompute]
//
// It says what memory it will take before it begins. Ctrl-C, SIGTERM and a closed terminal stop it at a step boundary; the same command goes on where it
// stopped. Another model, other data or other options want another --out. The trained model is written to <out>/model, adapters beside it to <out>/adapter.
using Mel.Algorithms;
using Mel.Diagnostics;
using Mel.Experiences;
using Mel.Prompts;
using Mel.Rollouts;
using Mel.Runtime;
using Mel.Samples.TrainMath;
using Mel.Services;
using Mel.Terminal;
using Mel.Training;
using Mel.Transformers;
using Mel.Transformers.Adapters;
using Mel.Transformers.Chat;
using Mel.Transformers.Tokenization;
using Mel.Verification;
using Mel.Verifiers;

if (!Arguments.TryParse(args, out Arguments arguments, out string? problem))
{
    Console.Error.WriteLine(problem);
    return 2;
}

RunBoard board = new();
using StopSignals stop = new(_ => board.WriteLine("Stopping at the step boundary ... (Ctrl-C again leaves at once, with what the last checkpoint has)"));

try
{
    Algorithm algorithm = Algorithm.Named(arguments.Objective);
    HuggingFaceTokenizer tokenizer = HuggingFaceTokenizer.Load(arguments.ModelFolder);
    TransformerPolicyOptions loading = new() { DataType = arguments.Weights, Device = TorchSharp.torch.device(arguments.Device) };
    using TransformerPolicy policy = TransformerPolicy.Load(arguments.ModelFolder, tokenizer, ChatTemplate.FromFolder(arguments.ModelFolder), loading);
    policy.Model.RecomputesActivations = arguments.Recompute;
    if (arguments.LoraRank > 0) policy.Model.AddLora(new LoraOptions { Rank = arguments.LoraRank, Alpha = 2 * arguments.LoraRank }, arguments.Seed);
    IReadOnlyList<Prompt> rows = JsonLinesPrompts.Load(arguments.DataFile);
    IReadOnlyList<Prompt> prompts = MathPrompts.Prepare(rows, policy, arguments.MaxTokens, out int tooLong);
    Console.WriteLine($"{policy.Parameters.Values.Sum(p => p.numel()):N0} parameters, context {policy.ContextTokens}; " +
        $"{prompts.Count} of {rows.Count} rows fit, {tooLong} are too long for {arguments.MaxTokens} tokens of answer.");

    IVerifier verifier = new MathVerifier();
    if (arguments.MetaExperience) algorithm = algorithm.WithMetaExperience(extraction: new ExperienceOptions { ExtractionMaxTokens = arguments.MaxTokens });

    TrainerOptions options = new()
    {
        Steps = arguments.Steps,
        PromptsPerStep = arguments.PromptsPerStep,
        GroupSize = arguments.GroupSize,
        Sampling = new SamplingOptions { MaxTokens = arguments.MaxTokens },
        Optimizer = new OptimizerOptions { LearningRate = arguments.LearningRate },
        MicroBatchTokens = arguments.MicroBatchTokens,
        Seed = arguments.Seed,
        CheckpointFolder = Path.Combine(arguments.OutputFolder, "checkpoint"),
        CheckpointEverySteps = arguments.CheckpointEverySteps,
    };
    Console.WriteLine($"{algorithm.Name}: {options.Steps} steps of {options.PromptsPerStep} prompts x {options.GroupSize} trajectories = " +
        $"{options.PromptsPerStep * options.GroupSize} rollouts and one update a step.");
    Console.WriteLine(MemoryNeed.Describe(policy, prompts, options));
    TrainingReport report;
    using (board)
    using (MetricsFile metrics = new(Path.Combine(arguments.OutputFolder, "metrics.jsonl")))
    {
        ConsoleWarnings warnings = new(Console.IsErrorRedirected ? Console.Error.WriteLine : board.WriteLine);
        Trainer trainer = new(policy, verifier, algorithm, options, new TrainerParts { Services = [metrics, board.Add()], Logger = warnings });
        report = await trainer.RunAsync(new PromptList(prompts, arguments.Seed), cancellationToken: stop.Token);
    }

    string saved = Path.Combine(arguments.OutputFolder, "model");
    if (arguments.LoraRank > 0)
    {
        policy.Model.SaveLora(Path.Combine(arguments.OutputFolder, "adapter"), arguments.ModelFolder);
        policy.Model.MergeLora();
    }

    policy.Save(saved);
    using TransformerPolicy again = TransformerPolicy.Load(saved, HuggingFaceTokenizer.Load(saved), ChatTemplate.FromFolder(saved));
    Console.WriteLine($"{report.Steps} steps, {report.SampledTokens:N0} tokens sampled in {report.Duration.TotalSeconds:F0} s. The model is in {saved}; " +
        "it was loaded again to make sure.");
    return 0;
}
catch (OperationCanceledException)
{
    Console.WriteLine($"Stopped. The same command goes on from {Path.Combine(arguments.OutputFolder, "checkpoint")}.");
    return 130;
}
catch (Exception e)
{
    Console.Error.WriteLine(RunFailure.Of(e) is { } where ? $"{where} {e.Message}" : e.Message);
    return 1;
}
