using Mel.Verifiers.Rules;

namespace AuditVerifier;

/// <summary>What the command line asks for.</summary>
internal sealed record AuditOptions(string Path, string Response, string Gold, string? Question, string? Second, ExtractionOptions Extraction, int Listed)
{
    public const string Usage = """
        dotnet run --project samples/AuditVerifier -- FILE.jsonl [options]

          --response NAME   column of the model's response          (default: response)
          --gold NAME       column of the reference answer          (default: gold)
          --question NAME   column of the question, if there is one
          --second NAME     column with the verdict of another verifier (true/false, or 1/0)
          --preset NAME     Training, Evaluation, Gsm8k, Minerva, MultipleChoice or MathVerify (default: Training)
          --list N          how many rows of each kind to list      (default: 10)
        """;

    /// <summary>Null when the arguments make no sense; the caller prints <see cref="Usage"/>.</summary>
    public static AuditOptions? Parse(string[] args)
    {
        if (args.Length == 0 || args[0].StartsWith('-') || args.Length % 2 == 0) return null;
        AuditOptions options = new(args[0], "response", "gold", null, null, ExtractionOptions.Training, 10);
        for (int i = 1; i < args.Length; i += 2)
        {
            string value = args[i + 1];
            ExtractionOptions? preset = args[i] == "--preset" ? Preset(value) : null;
            AuditOptions? next = args[i] switch
            {
                "--response" => options with { Response = value },
                "--gold" => options with { Gold = value },
                "--question" => options with { Question = value },
                "--second" => options with { Second = value },
                "--preset" when preset is not null => options with { Extraction = preset },
                "--list" when int.TryParse(value, out int count) => options with { Listed = count },
                _ => null,
            };
            if (next is null) return null;
            options = next;
        }
        return options;
    }

    private static ExtractionOptions? Preset(string name) => name switch
    {
        "Training" => ExtractionOptions.Training,
        "Evaluation" => ExtractionOptions.Evaluation,
        "Gsm8k" => ExtractionOptions.Gsm8k,
        "Minerva" => ExtractionOptions.Minerva,
        "MultipleChoice" => ExtractionOptions.MultipleChoice,
        "MathVerify" => ExtractionOptions.MathVerify,
        _ => null,
    };
}
