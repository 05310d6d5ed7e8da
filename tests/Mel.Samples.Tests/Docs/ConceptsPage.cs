using Mel.Algorithms;
using Mel.Evaluation;
using Mel.Prompts;
using Mel.Rollouts;
using Mel.Services;
using Mel.Training;
using Mel.Verification;

namespace Mel.Samples.Tests.Docs;

/// <summary>The code of docs/concepts.md, compiled and run; <see cref="ConceptsPageTests"/> checks that the page holds these very lines.</summary>
internal static class ConceptsPage
{
    public static async Task<TrainingReport> RunAsync(
        IPolicy policy, IReadOnlyList<Prompt> questions, IReadOnlyList<Prompt> heldOut, TrainerOptions options, string folder, HeldOutEvaluation? known = null)
    {
        ChainVerifier verifier = new();
        Algorithm algorithm = Algorithm.Grpo();
        HeldOutEvaluation evaluation = known ?? Evaluation(verifier, heldOut);
        // <services>
        using MetricsFile figures = new(Path.Combine(folder, "metrics.jsonl"));
        var trainer = new Trainer(policy, verifier, algorithm, options, new TrainerParts { Services = [evaluation, figures] });
        // </services>
        return await trainer.RunAsync(new PromptList(questions, shuffleSeed: 1));
    }

    public static HeldOutEvaluation Evaluation(IVerifier verifier, IReadOnlyList<Prompt> heldOut)
        => new(verifier, heldOut, new EvaluationOptions { Samples = 0, MaxTokens = Chain.StandardTokens });

    public static IVerifier Verification(IVerifier gradeServer, TrainerOptions options)
    {
        // <verification>
        var verifier = new RetryingVerifier(gradeServer, new RetryingVerifierOptions { Attempts = 4, Delay = TimeSpan.FromSeconds(2) });
        options.Verification = new VerificationOptions
        {
            TimeLimit = TimeSpan.FromMinutes(1),              // of one judgement, all tries together
            Parallelism = 128,                                // judgements under way at once, whatever the machine has
            OnFailure = VerifierFailure.Unverifiable,         // instead of ending the run: such attempts do not train, and verifier/failures counts them
        };
        // </verification>
        return verifier;
    }

    public static IVerifier Rewards()
    {
        // <rewards>
        var verifier = new WeightedVerifier(
            new WeightedReward("answer", new BoxedAnswerVerifier()),                                                    // its verdict decides what is compared
            new WeightedReward("brief", Verifier.From((prompt, trajectory) =>
                new Judgement(Verdict.Correct, score: Math.Max(0, 1 - (trajectory.TokenIds.Length / 1000.0)))), weight: 0.2));
        // </rewards>
        return verifier;
    }
}
