using Mel.Experiences;
using Mel.Prompts;
using Mel.Rewards;
using Mel.Rollouts;
using Mel.Transformers.Chat;
using Mel.Verification;
using Microsoft.Extensions.AI;

namespace Mel.Samples.Tests.Miniature;

[TestFixture]
public sealed class MiniatureLanguageTests
{
    private const string Experience = "step2 21 op40 odd +9 NOT -7 HEUR op40 odd +15";

    private static readonly Prompt Prompt = new("p", "Q 17 op12 op40", "30");
    private static readonly Trajectory Correct = Written.By("step1 17 op12 odd +4 21 step2 21 op40 odd +9 30 ANS 30", Words.End);
    private static readonly Trajectory Incorrect = Written.By("step1 17 op12 odd +4 21 step2 21 op40 odd -7 14 ANS 14", Words.End);

    private readonly MiniatureLanguage _language = new();
    private readonly MiniatureTemplate _template = new();

    [Test]
    public void Prompts_AreTheOnesOfTheCorpus()
    {
        ExperienceSections sections = _language.Parse(Experience).Sections!;
        _template.Render(Prompt.Text).Should().Be("<bos> Q 17 op12 op40 SOL");
        _template.Render(_language.ExtractionPrompt(Prompt, Incorrect, Correct)).Should().Be($"<bos> INS Q 17 op12 op40 BAD {Incorrect.Text} GOOD {Correct.Text} S*");
        _template.Render(_language.ReplayPrompt(Prompt, Experience)).Should().Be($"<bos> HINT S* {Experience} END Q 17 op12 op40 SOL");
        _template.Render(_language.RecallPrompt(Experience, sections)).Should().Be("<bos> HEUR op40 odd");
    }

    [Test]
    public void Parse_WellFormed_FindsThePartsOfEq5()
    {
        ExperienceParse parse = _language.Parse(Experience);
        parse.IsWellFormed.Should().BeTrue();
        parse.Sections!.BifurcationPoint.Of(Experience).Should().Be("step2");
        parse.Sections.Critique.Of(Experience).Should().Be("21 op40 odd +9 NOT -7");
        parse.Sections.Heuristic.Of(Experience).Should().Be("HEUR op40 odd +15");
        parse.Sections.Recall.Of(Experience).Should().Be("+15");
    }

    [Test]
    public void Parse_Malformed_SaysWhy() => _language.Parse("step2 21 op40 odd").Defect.Should().Contain("fewer than 11 words");

    [Test]
    public void MetaExperience_HeuristicConditioning_RecallsTheRuleAndTheStop()
    {
        var tokenizer = new WordTokenizer();
        ExperienceSections sections = _language.Parse(Experience).Sections!;
        var group = new RolloutGroup(Prompt, tokenizer.Encode(_template.Render(Prompt.Text)).ToArray(), [Correct, Incorrect], [Verdict.Correct, Verdict.Incorrect]);
        int[] recall = [.. tokenizer.Encode(_template.Render(_language.RecallPrompt(Experience, sections)))];
        var experience = new MetaExperience(new ContrastivePair(0, group, 0, 1), recall, Written.By(Experience, Words.EndExperience), sections, recall);

        TokenSequence internalized = experience.Internalization(Conditioning.Heuristic).Should().ContainSingle().Subject.Sequence;
        tokenizer.Decode(internalized.Context.Span, skipSpecialTokens: false).Should().Be("<bos> HEUR op40 odd");
        tokenizer.Decode(internalized.Response.Span, skipSpecialTokens: false).Should().Be("+15 END");
    }

    [Test]
    public async Task ExperienceLoop_WithAPerfectReader_RetainsTrueLessons()
    {
        var world = new World();
        var reader = new PerfectReader(world);
        var groups = new List<RolloutGroup>();
        var random = new SeededRandom(1);
        foreach (Prompt prompt in QuestionSets.Training(world, 20, 1))
        {
            Question.TryParse(prompt.Text, out Question? question).Should().BeTrue();
            Trajectory right = Written.By(world.Solve(question!).ToString(), Words.End), wrong;
            do wrong = Written.By(Chain.Follow(question!, _ => Rule.All[random.Next(8)]).ToString(), Words.End);
            while (wrong.Text.EndsWith($"ANS {prompt.Answer}", StringComparison.Ordinal));
            groups.Add(new RolloutGroup(prompt, reader.Encode(prompt.Text), [right, wrong], [Verdict.Correct, Verdict.Incorrect]));
        }

        var extractor = new ReplayValidatedExtractor(new ContrastiveExperienceExtractor(reader, _language), reader, new ChainVerifier(), _language);
        ExtractionResult result = await extractor.ExtractAsync(new ExtractionRequest(groups, 1));

        result.Dropped.Should().BeEmpty();
        result.Retained.Should().HaveCount(20).And.OnlyContain(kept => Written.Lesson(kept.Text).IsTrueIn(world));
    }

    /// <summary>Reads two solutions without error, and solves every hinted question.</summary>
    private sealed class PerfectReader(World world) : ISampler
    {
        private readonly WordTokenizer _tokenizer = new();
        private readonly MiniatureTemplate _template = new();

        public int ContextTokens => 4096;

        public ReadOnlyMemory<int> Encode(IReadOnlyList<ChatMessage> messages) => _tokenizer.Encode(_template.Render(messages)).ToArray();

        public Task<IReadOnlyList<IReadOnlyList<Trajectory>>> SampleAsync(IReadOnlyList<SamplingRequest> requests, SamplingOptions options, CancellationToken cancellationToken = default)
            => Task.FromResult<IReadOnlyList<IReadOnlyList<Trajectory>>>([.. requests.Select(r => new[] { Answer(_tokenizer.Decode(r.PromptTokenIds.Span, skipSpecialTokens: false)) })]);

        private Trajectory Answer(string prompt)
        {
            string[] words = prompt.Split(' ');
            int q = Array.IndexOf(words, Words.Question), bad = Array.IndexOf(words, Words.Bad), good = Array.IndexOf(words, Words.Good);
            if (bad < 0 && Question.TryParse(string.Join(' ', words[q..^1]), out Question? question)) return Written.By(world.Solve(question).ToString(), Words.End);
            Chain incorrect = Written.Chain(string.Join(' ', words[(bad + 1)..good])), correct = Written.Chain(string.Join(' ', words[(good + 1)..^1]));
            return Written.By(Lesson.Between(correct, incorrect)!.ToString(), Words.EndExperience);
        }
    }
}
