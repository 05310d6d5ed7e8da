using System.Text;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Mel.Verifiers;
using Mel.Verifiers.Rules;

namespace Mel.Benchmarks.Verifiers;

/// <summary>One verification, extraction included, by the kind of the answer. Times are of one thread; memory is managed bytes.</summary>
[MemoryDiagnoser, Config(typeof(InProcess))]
public class MathVerifierBenchmarks
{
    private sealed class InProcess : ManualConfig
    {
        public InProcess() => AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance));
    }

    private static readonly Dictionary<string, (string Gold, string Response)> Rows = new()
    {
        ["integer, plain"] = ("731", "731"),
        ["integer, boxed"] = ("731", "It follows that the number of ways is \\boxed{731}."),
        ["integer, sentence"] = ("731", "After working through the cases, the answer is 731."),
        ["fraction"] = ("\\frac{17}{21}", "The probability is $\\boxed{\\dfrac{34}{42}}$."),
        ["decimal for a root"] = ("\\sqrt{113}", "So the length is \\boxed{10.6301458127}."),
        ["nested radical"] = ("\\sqrt{7-4\\sqrt{3}}", "This is $\\boxed{2-\\sqrt{3}}$."),
        ["polynomial"] = ("x^3-1", "We get $\\boxed{(x-1)(x^2+x+1)}$."),
        ["trig identity"] = ("\\sin 2x", "Hence \\boxed{2\\sin x\\cos x}."),
        ["symbolic sum"] = ("\\frac{n(n+1)}{2}", "Therefore \\boxed{\\sum_{k=1}^n k}."),
        ["eight tuples"] = ("(1,2),(2,3),(3,4),(4,5),(5,6),(6,7),(7,8),(8,9)",
            "The solutions are \\boxed{(8,9),(7,8),(6,7),(5,6),(4,5),(3,4),(2,3),(1,2)}."),
        ["union of intervals"] = ("(-\\infty,2)\\cup(2,\\infty)", "All real numbers but one: $\\boxed{x \\ne 2}$."),
        ["matrix"] = ("\\begin{pmatrix}1&2\\\\3&4\\end{pmatrix}", "$$\\boxed{\\begin{bmatrix}1&2\\\\3&\\frac{8}{2}\\end{bmatrix}}$$"),
        ["tower of powers"] = ("42", "\\boxed{9^{9^{9^{9^9}}}}"),
        ["no answer, 120 KB"] = ("731", Prose(120_000)),
    };

    private readonly MathVerifier _verifier = new(ExtractionOptions.Evaluation);
    private string _gold = "";
    private string _response = "";

    /// <summary>The kinds of answer.</summary>
    public static IEnumerable<string> Names => Rows.Keys;

    /// <summary>The kind of answer.</summary>
    [ParamsSource(nameof(Names))]
    public string Answer { get; set; } = "";

    /// <summary>Picks the row.</summary>
    [GlobalSetup]
    public void Setup() => (_gold, _response) = Rows[Answer];

    /// <summary>Extraction and comparison.</summary>
    [Benchmark]
    public VerificationOutcome Verify() => _verifier.Verify(_gold, _response).Outcome;

    private static string Prose(int length)
    {
        const string Sentence = "We consider the next case, where the triangle \\triangle ABC has an angle and the sum of all of its parts is larger. ";
        StringBuilder text = new();
        while (text.Length < length) text.Append(Sentence);
        return text.ToString();
    }
}
