using Mel.Verifiers.Rules;

namespace Mel.Verifiers.Extraction;

/// <summary>Finds the answer in a response. Every rule scans the text a bounded number of times; none backtracks.</summary>
internal static class AnswerExtractor
{
    private const int Window = 1 << 16;

    /// <summary>The answer, or null when no rule finds one.</summary>
    public static ExtractedAnswer? Extract(string response, ExtractionOptions options, Reading reading)
    {
        if (Region(response, options) is not var (start, end)) return null;
        // anchors stand near the end; boxes and tags are looked for everywhere
        int near = Math.Max(start, end - Window);
        foreach (ExtractionRule rule in options.Rules)
        {
            bool closed = false;
            ExtractedAnswer? found = rule switch
            {
                ExtractionRule.AnswerTag => AnswerTags.Find(response, start, end, reading, out closed),
                ExtractionRule.FinalAnswerPhrase => Phrases.FinalAnswer(response, near, end, reading, out closed),
                ExtractionRule.Boxed => Boxes.Find(response, start, end, reading, out closed),
                ExtractionRule.HashMarks => Phrases.HashMarks(response, near, end, reading, out closed),
                ExtractionRule.AnswerLine => Phrases.AnswerLine(response, near, end, reading, out closed),
                ExtractionRule.AnswerPhrase => Phrases.AnswerPhrase(response, near, end, reading, out closed),
                ExtractionRule.WholeResponse => PlainAnswers.Whole(response, start, end),
                ExtractionRule.MathSegment => MathSegments.Last(response, near, end),
                ExtractionRule.LastExpression => PlainAnswers.LastExpression(response, start, end),
                ExtractionRule.ChoiceLetter => ChoiceLetters.Find(response, near, end, options.ChoiceLetters, out closed),
                _ => null,
            };
            if (found is { } answer) return answer with { Rule = rule };
            if (closed) return null;
        }
        return null;
    }

    /// <summary>The part of the response behind the reasoning; null when the reasoning never ends.</summary>
    private static (int Start, int End)? Region(string response, ExtractionOptions options)
    {
        int start = -1;
        foreach (string tag in options.ReasoningEnds)
        {
            int at = response.LastIndexOf(tag, StringComparison.Ordinal);
            if (at >= 0) start = Math.Max(start, at + tag.Length);
        }
        if (start < 0 && options.RequireReasoning) return null;
        if (options.ReasoningEnds.Count > 0)
        {
            int opened = response.AsSpan(Math.Max(0, start)).IndexOf("<think>", StringComparison.Ordinal);
            if (opened >= 0) return null;
        }
        return (Math.Max(0, start), response.Length);
    }
}

/// <summary>What a rule found: the text to parse, and the span of the response it came from.</summary>
/// <param name="Text">The answer, joined by commas where it stands in several places.</param>
/// <param name="Start">Where the span begins in the response.</param>
/// <param name="End">Where the span ends.</param>
/// <param name="Rule">The rule that found it.</param>
internal readonly record struct ExtractedAnswer(string Text, int Start, int End, ExtractionRule Rule);
