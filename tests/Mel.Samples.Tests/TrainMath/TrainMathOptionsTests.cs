using System.Text.Json;
using System.Text.Json.Nodes;
using Mel.Checkpoints;
using Mel.Testing;

namespace Mel.Samples.Tests.TrainMath;

/// <summary>The options of the training program: what they write, what they print, and how a run is started again from its own configuration.</summary>
[TestFixture, NonParallelizable, Category(ReferenceData.Category)]
public sealed class TrainMathOptionsTests
{
    private const string Sample = "Mel.Samples.TrainMath";

    private static string Model => ReferenceData.Folders("golden/models") is [var any, ..] ? any : ReferenceData.Require("golden", "models");

    [Test]
    public void Help_NamesEveryOption()
    {
        (int code, string output, _) = SampleProgram.Run(Sample, "--help");

        code.Should().Be(0);
        output.Should().Contain("Usage:").And.Contain("--eval-every").And.Contain("--from").And.Contain("--save-type");
    }

    [Test]
    public void WrongOptions_AreSaidAllAtOnce_ByName()
    {
        (int code, string output, string error) = SampleProgram.Run(
            Sample, "--model", "/no/such/folder", "--steps", "0", "--temperature", "warm", "--schedule", "sine", "--device", "cuda", "--speed", "9");

        code.Should().Be(2);
        output.Should().BeEmpty();
        error.Should().Contain("--model is '/no/such/folder'").And.Contain("--steps is '0', expected a number of at least 1").And.Contain("--temperature")
            .And.Contain("--schedule is 'sine', expected one of: constant, linear, cosine").And.Contain("'--data'").And.Contain("'--speed'");
        if (!TorchSharp.torch.cuda.is_available()) error.Should().Contain("--device is 'cuda', but there is no CUDA device");
    }

    [Test]
    public void Options_TheirFilesAndLines_AndTheConfigurationStartsTheRunAgain()
    {
        using TemporaryFolder folder = new();
        string data = Rows(folder, "few.jsonl", "question", "gold", 1, 8), held = Rows(folder, "held.jsonl", "question", "gold", 50, 2), run = folder.File("run");

        (int code, string output, string error) = SampleProgram.Run(
            Sample, "--model", Model, "--data", data, "--prompt-column", "question", "--answer-column", "gold", "--instruction", "Answer with a number.",
            "--steps", "2", "--prompts", "4", "--group", "2", "--mini-batch", "2", "--max-tokens", "8", "--temperature", "0.9", "--eval", held, "--eval-every", "1",
            "--eval-samples", "2", "--kl", "0.01", "--schedule", "cosine", "--warmup", "1", "--keep-best", "--early-stop", "5", "--checkpoint-every", "1",
            "--checkpoint-minutes", "5", "--records-every", "1", "--samples-every", "2", "--save-type", "bfloat16", "--no-meta-experience", "--out", run);

        error.Should().BeEmpty();
        code.Should().Be(0);
        output.Should().Contain("4 prompts x 2 = 8 rollouts a step; 2 updates a step, of 4 rollouts in at most 1 micro-batch; 4 updates in 2 steps.")
            .And.Contain("Before the first step: pass_at_1 ").And.Contain("After step 1: pass_at_1 ").And.Contain("After step 2: pass_at_1 ")
            .And.Contain("Step 2, ").And.NotContain("Step 1, ").And.Contain("Answer with a number.").And.Contain("verdict   incorrect");
        File.ReadAllLines(Path.Combine(run, "rollouts.jsonl")).Should().HaveCount(2 * 8);
        File.Exists(Path.Combine(run, "best", "run.safetensors")).Should().BeTrue();
        using (SafetensorsFile saved = SafetensorsFile.Open(Path.Combine(run, "model", "model.safetensors")))
            saved.Entries.Values.Select(e => e.DataType).Distinct().Should().Equal(TorchSharp.torch.ScalarType.BFloat16);
        JsonNode config = JsonNode.Parse(File.ReadAllText(Path.Combine(run, "model", "config.json")))!;
        (config["dtype"] ?? config["torch_dtype"])!.GetValue<string>().Should().Be("bfloat16");
        JsonNode configuration = JsonNode.Parse(File.ReadAllText(Path.Combine(run, "run.json")))!;
        configuration["temperature"]!.GetValue<double>().Should().Be(0.9);
        configuration["keep-best"]!.GetValue<bool>().Should().BeTrue();

        SampleProgram.Run(Sample, "--from", Path.Combine(run, "run.json"), "--out", folder.File("again")).ExitCode.Should().Be(0);
        Losses(folder.File("again")).Should().Equal(Losses(run));
        File.ReadAllText(folder.File("again", "rollouts.jsonl")).Should().Be(File.ReadAllText(Path.Combine(run, "rollouts.jsonl")));
        JsonNode.DeepEquals(JsonNode.Parse(File.ReadAllText(folder.File("again", "run.json"))), configuration).Should().BeTrue();
    }

    [Test]
    public void DataFolder_AndBaseModel_RunInAFolderOfTheirOwn()
    {
        using TemporaryFolder folder = new();
        string model = folder.File("base");
        Directory.CreateDirectory(model);
        foreach (string file in Directory.GetFiles(Model).Where(f => !Path.GetFileName(f).StartsWith("chat_template", StringComparison.Ordinal)))
            File.Copy(file, Path.Combine(model, Path.GetFileName(file)));
        string settings = Path.Combine(model, "tokenizer_config.json");
        JsonObject tokenizer = JsonNode.Parse(File.ReadAllText(settings))!.AsObject();
        tokenizer.Remove("chat_template");
        File.WriteAllText(settings, tokenizer.ToJsonString());
        Directory.CreateDirectory(folder.File("set"));
        Rows(folder, Path.Combine("set", "train.jsonl"), "problem", "answer", 1, 4);
        Rows(folder, Path.Combine("set", "test.jsonl"), "problem", "answer", 50, 3);
        string[] command =
        [
            "--model", model, "--data", folder.File("set"), "--eval", folder.File("set"), "--instruction", "none", "--steps", "1", "--prompts", "2", "--group", "2",
            "--max-tokens", "4", "--eval-samples", "0",
        ];

        (int code, _, string error) = SampleProgram.Run(Sample, [.. command, "--system", "Be brief."]);
        (code, error).Should().Be((2, $"--system is given, but '{model}' has no chat template; put the text into --instruction.{Environment.NewLine}"));

        string before = Environment.CurrentDirectory;
        Environment.CurrentDirectory = folder.Path;
        try
        {
            (code, string output, error) = SampleProgram.Run(Sample, command);
            error.Should().BeEmpty();
            code.Should().Be(0);
            output.Should().Contain("4 of 4 rows fit").And.Contain("3 to evaluate on");
        }
        finally
        {
            Environment.CurrentDirectory = before;
        }

        Directory.GetDirectories(folder.File("runs")).Should().ContainSingle().Which.Should().MatchRegex(@"base-grpo-\d{8}-\d{6}$");
    }

    [TestCase("{\"speed\": 9}", "'speed' is no setting; known are model, data,")]
    [TestCase("{\"steps\": 0}", "--steps is '0', expected a number of at least 1 (steps in ")]
    [TestCase("{", "run.json: expected a JSON object with settings by name")]
    [TestCase("[]", "run.json: expected a JSON object with settings by name")]
    public void From_WrongFile_IsRefused(string content, string message)
    {
        using TemporaryFolder folder = new();

        (int code, _, string error) = SampleProgram.Run(
            Sample, "--from", folder.Write("run.json", content), "--model", Model, "--data", Rows(folder, "few.jsonl", "problem", "answer", 1, 2));

        code.Should().Be(2);
        error.Should().Contain(message);
    }

    [Test]
    public void BareNumber_CountsWhereNoBoxIsAskedFor()
    {
        Verdict("none", "The sum is 3, so we have 12").Should().BeTrue();
        Verdict("boxed", "The sum is 3, so we have 12").Should().BeFalse();
        Verdict("boxed", "It is \\boxed{12}").Should().BeTrue();
        Verdict("Write \\boxed{} around it.", "we have 12").Should().BeFalse();

        static bool Verdict(string instruction, string response)
        {
            object verifier = System.Reflection.Assembly.Load(Sample).GetType("Mel.Samples.TrainMath.MathPrompts")!.GetMethod("VerifierFor")!
                .Invoke(null, [instruction])!;
            return ((Mel.Verifiers.MathVerifier)verifier).Verify("12", response).IsCorrect;
        }
    }

    private static double[] Losses(string run)
        => [.. File.ReadLines(Path.Combine(run, "metrics.jsonl")).Select(l => JsonDocument.Parse(l).RootElement.GetProperty("loss").GetDouble())];

    private static string Rows(TemporaryFolder folder, string name, string question, string answer, int first, int count)
        => folder.Write(name, string.Concat(Enumerable.Range(first, count).Select(i => $"{{\"{question}\":\"What is {i} + {i}?\",\"{answer}\":\"{2 * i}\"}}\n")));
}
