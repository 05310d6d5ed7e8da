using Mel.Memory;
using Mel.Samples.Miniature;

namespace Mel.Samples.Study;

/// <summary>
/// Puts what a memory believes into a question. A prompt of this world has room for one lesson, and before the solution is worked only the first step is
/// known, so that is what the lesson is about.
/// </summary>
/// <param name="memory">The memory.</param>
internal sealed class RememberedHint(ExperienceMemory memory)
{
    /// <summary>The question with a lesson; null where the memory believes nothing of its first step.</summary>
    public string? Of(string text)
    {
        if (!Question.TryParse(text, out Question? question)) return null;
        Fact fact = Fact.Of(question.Operators[0], question.Start);
        if (memory.Consensus(MiniatureLanguage.Recall(fact)) is not { } answer || !Words.TryReadRule(answer, out Rule? rule)) return null;
        Rule other = Rule.All.First(r => r != rule);
        return MiniatureLanguage.Advise(text, new Lesson(1, question.Start, fact, rule, other).ToString());
    }
}
