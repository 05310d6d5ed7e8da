using Mel.Algorithms;
using Mel.Prompts;
using Mel.Report;
using Mel.Rollouts;
using Mel.Terminal;
using Mel.Training;
using Mel.Transformers;
using Mel.Transformers.Chat;
using Mel.Transformers.Tokenization;
using Mel.Verification;
using Mel.Verifiers;
using Mel.Verifiers.Rules;

namespace Mel.Samples.Tests.Docs;

/// <summary>The code of the packages' readme files and of docs/verifier.md, compiled; <see cref="PackagePagesTests"/> runs what needs no model.</summary>
internal static class PackagePages
{
    public static async Task<TrainingReport> CoreAsync(
        IPolicy policy, IVerifier verifier, IReadOnlyList<Prompt> prompts, IProgress<StepReport> progress, CancellationToken cancellationToken)
    {
        // <core>
        var algorithm = Algorithm.Grpo().WithMetaExperience();
        var trainer = new Trainer(policy, verifier, algorithm, new TrainerOptions { Steps = 200 });
        TrainingReport report = await trainer.RunAsync(new PromptList(prompts, shuffleSeed: 1), progress, cancellationToken);
        // </core>
        return report;
    }

    public static async Task<TrainingReport> ConsoleAsync(
        IPolicy policy, IVerifier verifier, Algorithm algorithm, TrainerOptions options, IReadOnlyList<Prompt> prompts)
    {
        // <console>
        using RunBoard board = new();
        Trainer trainer = new(policy, verifier, algorithm, options, new TrainerParts { Services = [board.Add("GRPO")] });
        // </console>
        return await trainer.RunAsync(new PromptList(prompts, shuffleSeed: 1));
    }

    public static void Report()
    {
        // <report>
        RunFigures[] seeds = [RunFigures.Load("runs/grpo/seed-1"), RunFigures.Load("runs/grpo/seed-2"), RunFigures.Load("runs/grpo/seed-3")];
        RunCharts.Curves("accuracy.png", "accuracy", [new RunGroup("GRPO", seeds)], new ChartOptions { Smoothing = 5 });    // or .svg
        RunPage.Write("runs/grpo/seed-1");                                                                                  // report.html
        // </report>
    }

    public static int Transformers(string folder)
    {
        // <transformers>
        using var policy = TransformerPolicy.Load(folder, HuggingFaceTokenizer.Load(folder), ChatTemplate.FromFolder(folder));
        // </transformers>
        return policy.ContextTokens;
    }

    public static MathVerification Verifiers()
    {
        // <verifiers>
        var verifier = new MathVerifier();                       // for rewards: a deliberate answer or none

        MathVerification result = verifier.Verify(
            gold: "\\frac{\\sqrt{3}}{3}",
            response: "<think>...</think> The height is $\\boxed{\\tan 30^\\circ}$.");

        Console.WriteLine(result.Outcome);                       // Equivalent
        Console.WriteLine($"{result.Answer} by {result.Rule}");  // \tan 30^\circ by Boxed
        // </verifiers>
        return result;
    }

    public static (MathVerification One, MathVerification Two, bool Usable) Grading()
    {
        // <grading>
        var verifier = new MathVerifier();                                      // rewards
        var grader   = new MathVerifier(ExtractionOptions.Evaluation);          // benchmarks
        var strict   = new MathVerifier(new MathVerifierOptions
        {
            Extraction  = ExtractionOptions.Training,
            AnswerRules = { Units = UnitRule.Required, Percent = PercentRule.SameValue },
            Limits      = { Steps = 20_000 },
        });

        MathVerification one = grader.Verify(gold: "[1, 4)", response: "Answer: $1 \\le x < 4$");
        MathVerification two = grader.Compare(gold: "[1, 4)", answer: "1 \\le x < 4");   // without extraction
        bool usable = grader.CanRead("x + * 2");                                 // false: drop the row before a run
        // </grading>
        _ = (verifier, strict);
        return (one, two, usable);
    }
}
