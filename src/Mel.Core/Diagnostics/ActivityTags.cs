namespace Mel.Diagnostics;

/// <summary>Names of what an activity or a measurement says beside its value, after the conventions of OpenTelemetry where these have a name.</summary>
internal static class ActivityTags
{
    public const string ErrorType = "error.type";
    public const string FilePath = "file.path";
    public const string FileDirectory = "file.directory";

    public const string Algorithm = "mel.run.algorithm";
    public const string Seed = "mel.run.seed";
    public const string Steps = "mel.run.steps";
    public const string ResumedStep = "mel.run.resumed_step";
    public const string End = "mel.run.end";
    public const string StopReason = "mel.run.stop_reason";

    public const string Step = "mel.step.number";
    public const string IsRepeated = "mel.step.is_repeated";
    public const string Reward = "mel.step.reward";
    public const string Accuracy = "mel.step.accuracy";
    public const string HasSignal = "mel.step.has_signal";

    public const string Phase = "mel.phase.name";
    public const string Sampler = "mel.sampler.type";
    public const string Verifier = "mel.verifier.type";
    public const string Estimator = "mel.estimator.type";
    public const string Scorer = "mel.scorer.role";
    public const string Prompts = "mel.prompt.count";
    public const string Trajectories = "mel.trajectory.count";
    public const string Tokens = "mel.token.count";
    public const string Pairs = "mel.experience.pairs";
    public const string Candidates = "mel.experience.candidates";
    public const string Accepted = "mel.experience.accepted";
    public const string Updates = "mel.update.count";
    public const string Loss = "mel.update.loss";
    public const string GradientNorm = "mel.update.gradient_norm";
    public const string Samples = "mel.evaluation.samples";
    public const string PassAt1 = "mel.evaluation.pass_at_1";
}
