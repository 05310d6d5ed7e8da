using Mel.Prompts;
using Mel.Rollouts;
using Mel.Runtime;
using Mel.Samples.Miniature;
using Mel.Transformers;
using Mel.Transformers.Chat;
using Mel.Transformers.Tokenization;
using Mel.Verification;
using Mel.Verifiers;
using Mel.Verifiers.Rules;
using ScalarType = TorchSharp.torch.ScalarType;

namespace Mel.Samples.Evaluate;

/// <summary>What is evaluated: a model with the verifier and the questions that fit it.</summary>
internal sealed class Subject : IDisposable
{
    /// <summary>Name of the model that comes with the program.</summary>
    public const string BuiltIn = "miniature";

    private const string Instruction = "\nPlease reason step by step, and put your final answer within \\boxed{}.";
    private const int BuiltInQuestions = 128;

    private readonly TransformerPolicy _policy;

    private Subject(string name, TransformerPolicy policy, IVerifier verifier, int maxTokens)
        => (Name, _policy, Verifier, MaxTokens) = (name, policy, verifier, maxTokens);

    /// <summary>Where the verifier looks for answers, by name.</summary>
    public static IReadOnlyDictionary<string, ExtractionOptions> Presets { get; } = new Dictionary<string, ExtractionOptions>
    {
        ["Evaluation"] = ExtractionOptions.Evaluation,
        ["Training"] = ExtractionOptions.Training,
        ["Gsm8k"] = ExtractionOptions.Gsm8k,
        ["Minerva"] = ExtractionOptions.Minerva,
        ["MultipleChoice"] = ExtractionOptions.MultipleChoice,
    };

    public string Name { get; }

    public ISampler Sampler => _policy;

    public IVerifier Verifier { get; }

    /// <summary>Tokens of an attempt where the command line does not say.</summary>
    public int MaxTokens { get; }

    public static Subject Load(string model, string preset, string weights, string device)
    {
        if (model == BuiltIn)
        {
            ComputeThreads.Set(1);                  // small matrices gain nothing from a second thread
            return new Subject(BuiltIn, MiniatureModel.Load(), new ChainVerifier(), Chain.StandardTokens);
        }

        TransformerPolicyOptions options = new()
        {
            DataType = weights == "bfloat16" ? ScalarType.BFloat16 : ScalarType.Float32,
            Device = TorchSharp.torch.device(device),
        };
        TransformerPolicy policy = TransformerPolicy.Load(model, HuggingFaceTokenizer.Load(model), ChatTemplate.FromFolder(model), options);
        return new Subject(Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(model))), policy, new MathVerifier(Presets[preset]), 1024);
    }

    /// <summary>The sets by name: the files, or the built-in model's held-out questions where there is none.</summary>
    public IEnumerable<(string Name, IReadOnlyList<Prompt> Prompts)> Sets(string[] files, int? limit)
    {
        if (files.Length == 0) return [("held-out", QuestionSets.HeldOut(MiniatureModel.LoadWorld(), limit ?? BuiltInQuestions, seed: 7))];
        return files.Select(file => (Path.GetFileNameWithoutExtension(file), Asked(JsonLinesPrompts.Load(file, limit: limit))));
    }

    public void Dispose() => _policy.Dispose();

    private IReadOnlyList<Prompt> Asked(IReadOnlyList<Prompt> rows)
        => Name == BuiltIn ? rows : [.. rows.Select(row => row with { Text = row.Text + Instruction })];
}
