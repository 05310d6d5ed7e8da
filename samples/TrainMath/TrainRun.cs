using Mel.Algorithms;
using Mel.Prompts;
using Mel.Runtime;
using Mel.Terminal;
using Mel.Training;
using Mel.Transformers.Models;
using Mel.Verification;

namespace Mel.Samples.TrainMath;

/// <summary>Makes a run from its configuration: data, model, training, the saved model.</summary>
internal static class TrainRun
{
    public static async Task<int> RunAsync(RunSettings settings, string folder, RunBoard board, CancellationToken cancellationToken)
    {
        ComputeThreads.Keep();                              // the thread that goes on after the data was read may have another number
        Algorithm algorithm = RunParts.AlgorithmOf(settings);
        IReadOnlyList<Prompt> questions = await MathData.EvaluationAsync(settings, cancellationToken);
        IReadOnlyList<Prompt> rows = await MathData.TrainingAsync(settings, questions, Console.WriteLine, cancellationToken);
        using LoadedModel model = LoadedModel.Load(settings);
        IReadOnlyList<Prompt> prompts = MathPrompts.Prepare(rows, settings, model.Policy, out int tooLong);
        if (questions.Count > 0) questions = MathPrompts.Prepare(questions, settings, model.Policy, out _);
        Console.WriteLine($"{model.Policy.Parameters.Values.Sum(p => p.numel()):N0} parameters, context {model.Policy.ContextTokens}; " +
            $"{prompts.Count} of {rows.Count} rows fit, {tooLong} are too long for {settings.MaxTokens} tokens of answer; {questions.Count} to evaluate on.");

        TrainerOptions options = RunParts.OptionsOf(settings, folder);
        IVerifier verifier = MathPrompts.VerifierFor(settings.Instruction);
        IReadOnlyList<IRunService> services = RunParts.ServicesOf(settings, folder, verifier, questions, board.WriteLine);
        TrainingReport report;
        try
        {
            ConsoleWarnings warnings = new(Console.IsErrorRedirected ? Console.Error.WriteLine : board.WriteLine);
            Trainer trainer = new(model.Policy, verifier, algorithm, options, new TrainerParts
            {
                Reference = model.Reference, Services = [.. services, board.Add()], Logger = warnings,
            });
            Console.WriteLine($"{algorithm.Name}: {BatchArithmetic.Describe(options, prompts.Max(p => model.Policy.Encode(p.Messages).Length))}");
            Console.WriteLine(MemoryNeed.Describe(model.Policy, prompts, options));
            report = await trainer.RunAsync(new PromptList(prompts, settings.Seed), cancellationToken: cancellationToken);
        }
        finally
        {
            board.Dispose();
            foreach (IDisposable service in services.OfType<IDisposable>()) service.Dispose();
        }

        if (report.StopReason is { } reason) Console.WriteLine($"Stopped early: {reason}.");
        (string saved, SaveReport kept) = model.Save(folder);
        Console.WriteLine($"{report.Steps} steps, {report.SampledTokens:N0} tokens sampled in {report.Duration.TotalSeconds:F0} s. The model is in {saved}; " +
            "it was loaded again to make sure.");
        if (kept.KeptShare is { } share)
            Console.WriteLine($"Of {kept.Changed:N0} weights that changed, {share:P1} kept a change in the saved element type; --save-type float32 keeps all.");
        return 0;
    }
}
