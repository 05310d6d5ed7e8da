using Mel.Evaluation;
using Mel.Prompts;
using Mel.Testing;
using Mel.Verification;

namespace Mel.Core.Tests.Evaluation;

[TestFixture]
public sealed class EvaluatorTests
{
    private static readonly Prompt[] Questions = [new("1", "one", "1"), new("2", "two", "2"), new("3", "three", "3"), new("4", "four", "4")];

    [TestCase(-1.0, 8, 9, "Property Temperature: must be 0 (greedy) or within [0.0001, 100], got -1")]
    [TestCase(double.NaN, 8, 9, "Property Temperature: must be 0 (greedy) or within [0.0001, 100], got NaN")]
    [TestCase(1e30, 8, 9, "Property Temperature: must be 0 (greedy) or within [0.0001, 100], got 1E+30")]
    [TestCase(0.6, -2, 9, "Property Samples: must be at least 0, got -2")]
    [TestCase(0.6, 8, 0, "Property MaxTokens: must be at least 1, got 0")]
    public async Task Evaluate_BrokenOption_IsNamed(double temperature, int samples, int maxTokens, string message)
        => await FluentActions.Awaiting(() => new Evaluator(new ScriptedSampler((_, _) => ""), new ExactAnswerVerifier())
                .EvaluateAsync(Questions, new() { Temperature = temperature, Samples = samples, MaxTokens = maxTokens }))
            .Should().ThrowAsync<Microsoft.Extensions.Options.OptionsValidationException>().WithMessage(message);

    [Test]
    public async Task Evaluate_CountsByHand()
    {
        // Greedy: one and three right. Sampled, of 4: one 4 right, two 1 right, three 2 right, four none.
        Dictionary<string, string[]> sampled = new() { ["one"] = ["1", "1", "1", "1"], ["two"] = ["x", "x", "2", "x"], ["three"] = ["3", "x", "x", "3"], ["four"] = ["x", "x", "x", "x"] };
        Dictionary<string, string> greedy = new() { ["one"] = "1", ["two"] = "x", ["three"] = "3", ["four"] = "x" };
        ScriptedSampler sampler = null!;
        sampler = new((message, i) => sampler.Calls[^1].Options.Temperature == 0 ? greedy[message] : sampled[message][i]);

        EvaluationReport report = await new Evaluator(sampler, new ExactAnswerVerifier()).EvaluateAsync(Questions, new() { Samples = 4, Temperature = 0.6, MaxTokens = 9 });

        report.Should().BeEquivalentTo(new { Questions = 4, Unverifiable = 0, PassAt1 = 0.5, AverageAtK = (1 + 0.25 + 0.5 + 0) / 4, PassAtK = 0.75, Samples = 4 });
        sampler.Calls.Select(c => (c.Options.Temperature, c.Options.MaxTokens, c.Options.Truncates)).Should().Equal((0, 9, false), (0.6, 9, false));
        sampler.Calls[1].Requests.Should().OnlyContain(r => r.Count == 4);
        sampler.Calls[1].Requests.Select(r => r.Seed).Should().OnlyHaveUniqueItems();
    }

    [Test]
    public async Task Evaluate_NoSamples_AsksGreedilyOnly()
    {
        ScriptedSampler sampler = new((message, _) => message == "one" ? "1" : "x");

        EvaluationReport report = await new Evaluator(sampler, new ExactAnswerVerifier()).EvaluateAsync(Questions, new() { Samples = 0 });

        report.Should().BeEquivalentTo(new { Questions = 4, Unverifiable = 0, PassAt1 = 0.25, AverageAtK = double.NaN, PassAtK = double.NaN, Samples = 0 });
        sampler.Calls.Should().ContainSingle();
    }

    [Test]
    public async Task Evaluate_Unverifiable_CountsNowhere()
    {
        // Question four cannot be judged at all, question three in one of two samples.
        IVerifier verifier = Verifier.From((prompt, trajectory) => prompt.Id == "4" || trajectory.Text == "?" ? Verdict.Unverifiable : trajectory.Text == prompt.Answer ? Verdict.Correct : Verdict.Incorrect);
        ScriptedSampler sampler = new((message, i) => message switch { "one" => "1", "two" => "x", _ => i == 0 ? "3" : "?" });

        EvaluationReport report = await new Evaluator(sampler, verifier).EvaluateAsync(Questions, new() { Samples = 2 });

        report.Should().BeEquivalentTo(new { Questions = 3, Unverifiable = 1 + 2 + 1, PassAt1 = 2 / 3.0, AverageAtK = (1 + 0 + 1) / 3.0, PassAtK = 2 / 3.0, Samples = 2 });
    }

    [Test]
    public void Options_DefaultsAreThePapers()
        => new EvaluationOptions().Should().BeEquivalentTo(new { Samples = 8, Temperature = 0.6, MaxTokens = 1024, Seed = 0UL });

    [Test]
    public async Task Evaluate_SameSeed_AsksTheSame_OtherSeedDiffers()
    {
        async Task<ulong[]> SeedsAsync(ulong seed)
        {
            ScriptedSampler sampler = new((_, _) => "1");
            await new Evaluator(sampler, new ExactAnswerVerifier()).EvaluateAsync(Questions, new() { Seed = seed });
            return [.. sampler.Calls.SelectMany(c => c.Requests).Select(r => r.Seed)];
        }

        (await SeedsAsync(1)).Should().Equal(await SeedsAsync(1)).And.NotEqual(await SeedsAsync(2));
    }

    [Test]
    public async Task Evaluate_NoQuestion_IsRefused()
        => (await FluentActions.Awaiting(() => new Evaluator(new ScriptedSampler((_, _) => ""), new ExactAnswerVerifier()).EvaluateAsync([])).Should().ThrowAsync<ArgumentException>())
            .WithMessage("There is no question to evaluate on*");
}
