using Mel.Evaluation;
using Mel.Prompts;
using Mel.Runtime;
using Mel.Training;
using Mel.Verification;

namespace Mel.Samples.Tests.Docs;

// <service>
/// <summary>Evaluates every ten steps, adds the figure to the report, and stops a run that falls behind what it could already do.</summary>
public sealed class HeldOutEvaluation(IVerifier verifier, IReadOnlyList<Prompt> questions, EvaluationOptions options) : IRunService, IRunState
{
    public double Best { get; private set; }

    public async ValueTask StepAsync(RunContext run, StepReport report, CancellationToken cancellationToken)
    {
        if (report.Step % 10 != 0) return;
        EvaluationReport found = await new Evaluator(run.Sampler, verifier).EvaluateAsync(questions, options, cancellationToken);
        run.AddMetric("eval/pass_at_1", found.PassAt1);
        if (found.PassAt1 < Best - 0.1) run.RequestStop($"Pass@1 fell from {Best:F2} to {found.PassAt1:F2}");
        Best = Math.Max(Best, found.PassAt1);
    }

    // What a resumed run must know to go on as if it had never stopped.
    public ReadOnlyMemory<byte> SaveState() => BitConverter.GetBytes(Best);

    public void LoadState(ReadOnlyMemory<byte> state) => Best = BitConverter.ToDouble(state.Span);
}
// </service>
