using System.CommandLine;
using Mel.Runtime;
using Mel.Verifiers.Rules;

namespace AuditVerifier;

/// <summary>The options of the program.</summary>
internal static class AuditCommand
{
    private static readonly Dictionary<string, Func<ExtractionOptions>> Presets = new()
    {
        ["Training"] = () => ExtractionOptions.Training,
        ["Evaluation"] = () => ExtractionOptions.Evaluation,
        ["Gsm8k"] = () => ExtractionOptions.Gsm8k,
        ["Minerva"] = () => ExtractionOptions.Minerva,
        ["MultipleChoice"] = () => ExtractionOptions.MultipleChoice,
        ["MathVerify"] = () => ExtractionOptions.MathVerify,
    };

    public static RootCommand Create(Func<AuditOptions, CancellationToken, Task> run)
    {
        Argument<string> file = new Argument<string>("file") { Description = "Responses and reference answers as JSON lines." }.Exists();
        Option<string> response = new("--response") { Description = "Column of the model's response.", DefaultValueFactory = _ => "response" };
        Option<string> gold = new("--gold") { Description = "Column of the reference answer.", DefaultValueFactory = _ => "gold" };
        Option<string?> question = new("--question") { Description = "Column of the question, if there is one." };
        Option<string?> second = new("--second") { Description = "Column with the verdict of another verifier: true or false, 1 or 0." };
        Option<string> preset = new Option<string>("--preset")
        {
            Description = "Where the verifier looks for the answer.", DefaultValueFactory = _ => "Training",
        }.OneOf([.. Presets.Keys]);
        Option<int> list = new Option<int>("--list") { Description = "How many rows of each kind to list.", DefaultValueFactory = _ => 10 }.AtLeast(0);
        RootCommand root = new("Audits a file of responses: what the verifier makes of each, and where another verifier disagrees.")
        {
            file, response, gold, question, second, preset, list,
        };
        root.SetAction((parsed, cancellationToken) => run(
            new AuditOptions(
                parsed.GetValue(file)!, parsed.GetValue(response)!, parsed.GetValue(gold)!, parsed.GetValue(question), parsed.GetValue(second),
                Presets[parsed.GetValue(preset)!](), parsed.GetValue(list)),
            cancellationToken));
        return root;
    }
}
