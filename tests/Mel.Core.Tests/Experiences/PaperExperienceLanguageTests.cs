using System.Diagnostics;
using System.Text.RegularExpressions;
using Mel.Experiences;
using Mel.Prompts;
using Mel.Testing;

namespace Mel.Core.Tests.Experiences;

[TestFixture]
public sealed partial class PaperExperienceLanguageTests
{
    private static readonly PaperExperienceLanguage Language = new();

    private static readonly string[] Titles = ["Failure Resolution Path & Error Pattern Recognition", "Analysis of Success Factors", "First-Person Reflective Summary", "Subject Heuristics (Internalized Experience)"];

    private static readonly string[] Bodies = ["- Failure Point: step 2.\n- Latent Cognitive Pattern: haste.", "- Robustness Factor: care.", "I will be careful.", "- [Care]: If in doubt, then check.\n- [More]: When done, check again."];

    [TestCase("You are a Meta-Cognitive Reasoning Analyst specializing in self-reflection, error root-cause analysis, and the extraction of generalizable heuristics.")]
    [TestCase("You are provided with multiple solution trajectories for the same problem.")]
    [TestCase("Your task is to conduct a deep comparative autopsy of the thinking processes.")]
    [TestCase("1. Deep Dive into Correct Trajectories (Resilience & Robustness Analysis):")]
    [TestCase("2. Deep Dive into Incorrect Trajectories (Vulnerability Analysis):")]
    [TestCase("3. Comparative Synthesis:")]
    [TestCase("4. Strict Generalization Constraint:")]
    [TestCase("1. Failure Resolution Path & Error Pattern Recognition (Mandatory for incorrect samples)")]
    [TestCase("2. Analysis of Success Factors (Mandatory for correct samples)")]
    [TestCase("3. First-Person Reflective Summary (Mandatory)")]
    [TestCase("4. Subject Heuristics (Internalized Experience) (Mandatory)")]
    [TestCase("Solution 1: <answer> no </answer> <judge> Incorrect </judge>\nSolution 2: <answer> yes </answer> <judge> Correct </judge>")]
    public void ExtractionPrompt_HoldsTheSentencesOfAppendixC(string sentence)
        => Language.ExtractionPrompt(new Prompt("q", "why?", "yes"), Trajectories.Of("no"), Trajectories.Of("yes")).Should().Contain(sentence);

    [TestCase("Prior study has provided some internal reference information relevant to this question, including the key approaches, steps, and reasoning needed for a correct solution;")]
    [TestCase("\n\nM\n\nNow, please fully internalize this information as your own experience, then independently think through the problem in detail and produce a complete answer.")]
    [TestCase("- You must perform full, in-depth reasoning internally and arrive at the final answer while making full use of the information above.")]
    [TestCase("Answer the following question:\nwhy?")]
    public void ReplayPrompt_HoldsTheSentencesOfAppendixC(string sentence) => Language.ReplayPrompt(new Prompt("q", "why?", "yes"), "M").Should().Contain(sentence);

    [Test]
    [Category(ReferenceData.Category)]
    public void Templates_AreThoseOfThePaperWordByWord()
    {
        string paper = Plain(File.ReadAllText(ReferenceData.Require("paper", "mel.md")));

        foreach (string template in new[] { PaperExperienceLanguage.DefaultExtractionTemplate, PaperExperienceLanguage.DefaultReplayTemplate })
        {
            foreach (string line in template.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
                paper.Should().Contain(Plain(line), "'{0}' must stand in the paper", line);
        }

        // Letters and digits only: the paper's own text has typographic quotes, bullets and mathematical markup.
        static string Plain(string text) => NoLetter().Replace(text, string.Empty).ToLowerInvariant();
    }

    [Test]
    public void Prompts_PlaceholdersInsideFilledInTexts_StayWhatTheyAre()
    {
        string extraction = Language.ExtractionPrompt(new Prompt("q", "{correct_ans} {", "yes"), Trajectories.Of("{question}{error_ans}"), Trajectories.Of("{experience}"));

        extraction.Should().Contain("<question>\n{correct_ans} {\n</question>").And.Contain("<answer> {question}{error_ans} </answer>").And.Contain("<answer> {experience} </answer>");
        Language.ReplayPrompt(new Prompt("q", "{experience}", "yes"), "{question}").Should().Contain("\n{question}\n").And.EndWith("Answer the following question:\n{experience}");
    }

    [Test]
    public void Templates_OfOnesOwn_AreUsed()
    {
        PaperExperienceLanguage own = new("{correct_ans}|{error_ans}|{question}|{x}", "{question}|{experience}", "{pattern}?");

        own.ExtractionPrompt(new Prompt("q", "why", "yes"), Trajectories.Of("no"), Trajectories.Of("yes")).Should().Be("yes|no|why|{x}");
        own.ReplayPrompt(new Prompt("q", "why", "yes"), "M").Should().Be("why|M");
    }

    [TestCase("{question} {error_ans}", "{experience} {question}", "{pattern}", "extractionTemplate", "{correct_ans}")]
    [TestCase("{question} {correct_ans}", "{experience} {question}", "{pattern}", "extractionTemplate", "{error_ans}")]
    [TestCase("{question} {error_ans} {correct_ans}", "{question}", "{pattern}", "replayTemplate", "{experience}")]
    [TestCase("{question} {error_ans} {correct_ans}", "{experience} {question}", "recall", "recallTemplate", "{pattern}")]
    public void Templates_WithoutAPlaceholder_AreRefused(string extraction, string replay, string recall, string parameter, string placeholder)
        => FluentActions.Invoking(() => new PaperExperienceLanguage(extraction, replay, recall)).Should().Throw<ArgumentException>()
            .WithParameterName(parameter).WithMessage($"The template has no placeholder {placeholder}; put it where the text belongs.*");

    [TestCase("{0}. {1}")]
    [TestCase("### {0}. {1}")]
    [TestCase("**{0}. {1}**")]
    [TestCase("## **{1}**")]
    [TestCase("{1}:")]
    [TestCase("  {0}) {1} (Mandatory)")]
    [TestCase("({0}) {1}")]
    [TestCase("__{0}: {1}__")]
    public void Parse_HeadingsOfAnyDecoration_FindsAllParts(string heading)
    {
        string text = Text(heading);

        ExperienceParse parse = Language.Parse(text);

        parse.Defect.Should().BeNull();
        parse.Sections!.BifurcationPoint.Of(text).Should().Be("- Failure Point: step 2.");
        parse.Sections.Critique.Of(text).Should().StartWith("- Latent Cognitive Pattern: haste.").And.EndWith("I will be careful.");
        parse.Sections.Heuristic.Of(text).Should().Be(Bodies[3]);
    }

    [Test]
    public void Parse_HeadingsInOtherCase_WindowsLineEnds_FindsAllParts()
    {
        string text = Text("{0}. {1}").ToUpperInvariant().Replace("\n", "\r\n", StringComparison.Ordinal);

        Language.Parse(text).Sections!.Heuristic.Of(text).Should().Be(Bodies[3].ToUpperInvariant().Replace("\n", "\r\n", StringComparison.Ordinal));
    }

    [Test]
    public void Parse_ThoughtsBefore_AreNotRead()
    {
        string thoughts = "<think>" + Text("{0}. {1}").Replace("step 2", "WRONG", StringComparison.Ordinal) + "</think>\n\n", text = thoughts + Text("{0}. {1}");

        Language.Parse(text).Sections!.BifurcationPoint.Of(text).Should().Be("- Failure Point: step 2.");
        Language.Parse(thoughts).Defect.Should().Be("Section 1, 'Failure Resolution Path', is missing or out of order.");
    }

    [Test]
    public void Parse_NoLatentPattern_BifurcationIsTheWholeFirstSection()
    {
        string text = Text("{0}. {1}").Replace("\n- Latent Cognitive Pattern: haste.", " It drifted.", StringComparison.Ordinal);

        ExperienceSections sections = Language.Parse(text).Sections!;

        sections.BifurcationPoint.Of(text).Should().Be("- Failure Point: step 2. It drifted.");
        sections.Critique.Of(text).Should().StartWith("2. Analysis of Success Factors");
    }

    [TestCase(0, "Failure Resolution Path")]
    [TestCase(1, "Analysis of Success Factors")]
    [TestCase(2, "First-Person Reflective Summary")]
    [TestCase(3, "Subject Heuristics")]
    public void Parse_SectionMissingOrEmpty_SaysWhich(int section, string title)
    {
        string missing = string.Join('\n', Enumerable.Range(0, 4).Where(i => i != section).Select(i => $"{i + 1}. {Titles[i]}\n{Bodies[i]}"));
        string empty = string.Join('\n', Enumerable.Range(0, 4).Select(i => $"{i + 1}. {Titles[i]}\n{(i == section ? " \n" : Bodies[i])}"));

        Language.Parse(missing).Defect.Should().Be($"Section {section + 1}, '{title}', is missing or out of order.");
        Language.Parse(empty).Defect.Should().Be($"Section {section + 1}, '{title}', is empty.");
    }

    [Test]
    public void Parse_SectionsOutOfOrder_IsMalformed()
    {
        string swapped = string.Join('\n', new[] { 0, 2, 1, 3 }.Select(i => $"{i + 1}. {Titles[i]}\n{Bodies[i]}"));

        Language.Parse(swapped).IsWellFormed.Should().BeFalse();
    }

    [TestCase("")]
    [TestCase("\n")]
    [TestCase("</think>")]
    [TestCase("Subject Heuristics")]
    [TestCase("1. Failure Resolution Path\n2. Analysis of Success Factors\n3. First-Person Reflective Summary\n4. Subject Heuristics")]
    [TestCase("1. Failure Resolution Path\n- Latent Cognitive Pattern: x\n2. Analysis of Success Factors\na\n3. First-Person Reflective Summary\nb\n4. Subject Heuristics\nc")]
    public void Parse_NoExperience_IsADefectAndNoException(string text) => Language.Parse(text).IsWellFormed.Should().BeFalse();

    [Test]
    public void RecallPrompt_NamesThePattern_AndTheRestIsRecalled()
    {
        string text = Text("{0}. {1}");
        ExperienceSections sections = Language.Parse(text).Sections!;

        Language.RecallPrompt(text, sections).Should().Be("From your own experience, state the heuristic to follow for: Care");
        sections.Recall.Of(text).Should().Be(" If in doubt, then check.\n- [More]: When done, check again.");
    }

    [Test]
    public void RecallPrompt_HeuristicWithoutAName_IsRecalledWhole()
    {
        string text = Text("{0}. {1}").Replace(Bodies[3], "Always check.", StringComparison.Ordinal);
        ExperienceSections sections = Language.Parse(text).Sections!;

        sections.Recall.Should().Be(sections.Heuristic);
        Language.RecallPrompt(text, sections).Should().Be("From your own experience, state the heuristic to follow for: problems like the ones I have solved");
    }

    [TestCase("blank lines")]
    [TestCase("one line")]
    [TestCase("headings")]
    [TestCase("decoration")]
    [TestCase("thoughts")]
    [TestCase("white space at the end")]
    public void Parse_HostileMegabyte_TakesLinearTime(string kind)
    {
        string Hostile(int size) => kind switch
        {
            "blank lines" => new string('\n', size),
            "one line" => new string('a', size),
            "headings" => string.Concat(Enumerable.Repeat("Failure Resolution Path\n", size / 24)),
            "decoration" => string.Concat(Enumerable.Repeat(new string('#', 1000) + "\n", size / 1001)),
            "thoughts" => string.Concat(Enumerable.Repeat("</think>", size / 8)),
            _ => Text("{0}. {1}") + new string(' ', size),
        };

        string small = Hostile(1 << 17), large = Hostile(1 << 20);
        Language.Parse(small);

        // Eight times the text: linear work takes about 8 times as long, quadratic work 64 times; the constant forgives a busy machine.
        TimeSpan Time(string text)
        {
            TimeSpan best = TimeSpan.MaxValue;
            for (int i = 0; i < 3; i++)
            {
                long start = Stopwatch.GetTimestamp();
                Language.Parse(text);
                best = TimeSpan.FromTicks(Math.Min(best.Ticks, Stopwatch.GetElapsedTime(start).Ticks));
            }

            return best;
        }

        Time(large).Should().BeLessThan((24 * Time(small)) + TimeSpan.FromMilliseconds(50));
    }

    private static string Text(string heading)
        => string.Join("\n\n", Titles.Select((title, i) => string.Format(System.Globalization.CultureInfo.InvariantCulture, heading, i + 1, title) + "\n" + Bodies[i]));

    [GeneratedRegex("[^A-Za-z0-9]")]
    private static partial Regex NoLetter();
}
