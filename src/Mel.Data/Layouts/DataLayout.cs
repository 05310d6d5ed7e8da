using Mel.Runtime;

namespace Mel.Data.Layouts;

/// <summary>
/// Says where a row keeps question, answer and name. A place is a column, or a path into a nested one: <c>reward_model.ground_truth</c>,
/// <c>final_answer[0]</c>. Several paths with <c>|</c> between them are tried in turn.
/// </summary>
public sealed class DataLayout
{
    private static readonly DataLayout[] Known =
    [
        new() { Name = "DAPO-Math-17k", Text = "prompt", Answer = "reward_model.ground_truth", Id = "extra_info.index" },
        new() { Name = "GSM8K", Text = "question", Answer = "answer", AnswerAfter = "####", HasSeparators = true },
        new() { Name = "MATH500", Text = "problem", Answer = "answer", Id = "unique_id" },
        new() { Name = "AIME24", Text = "problem|Problem|question", Answer = "answer|Answer", Id = "id|ID", HasWholeNumbers = true },
        new() { Name = "AIME25", Text = "problem|Problem|question", Answer = "answer|Answer", Id = "id|ID", HasWholeNumbers = true },
        new() { Name = "AMC23", Text = "problem|question", Answer = "answer", Id = "id", HasWholeNumbers = true },
        new() { Name = "OlympiadBench", Text = "question|problem", Answer = "final_answer[0]|final_answer|answer", Id = "id", HasDollars = true },
        new() { Name = "problem and answer" },
    ];

    private ColumnPath? _text, _answer, _id;

    /// <summary>Name of the layout in messages.</summary>
    /// <value>The default is <c>own</c>.</value>
    public string Name { get; init; } = "own";

    /// <summary>Place of the question: a text, or a list of messages with <c>role</c> and <c>content</c>.</summary>
    /// <value>The default is <c>problem</c>.</value>
    public string Text { get; init; } = "problem";

    /// <summary>Place of the reference answer: a text or a number.</summary>
    /// <value>The default is <c>answer</c>.</value>
    public string Answer { get; init; } = "answer";

    /// <summary>Place of the question's name. A row without one, or with the name of an earlier row, is named by its file and number.</summary>
    /// <value>The default is <c>id</c>.</value>
    public string Id { get; init; } = "id";

    /// <summary>What stands before the answer in its column, such as the <c>####</c> of GSM8K; the answer follows the last one. Null takes all.</summary>
    /// <value>The default is null.</value>
    public string? AnswerAfter { get; init; }

    /// <summary>Further places to keep as metadata of the prompt, by what they are called there.</summary>
    /// <value>The default is empty.</value>
    public IReadOnlyList<string> Metadata { get; init; } = [];

    /// <summary>The layouts that have a name.</summary>
    public static IReadOnlyList<string> Names => [.. Known.Select(l => l.Name)];

    /// <summary>Whether answers are numbers with commas between thousands, which are left out.</summary>
    internal bool HasSeparators { get; init; }

    /// <summary>Whether answers are whole numbers, which some writers store as 27.0.</summary>
    internal bool HasWholeNumbers { get; init; }

    /// <summary>Whether answers stand between dollar signs.</summary>
    internal bool HasDollars { get; init; }

    internal ColumnPath TextPath => _text ??= ColumnPath.Parse(Text);

    internal ColumnPath AnswerPath => _answer ??= ColumnPath.Parse(Answer);

    internal ColumnPath IdPath => _id ??= ColumnPath.Parse(Id);

    /// <summary>The layout of a published data set.</summary>
    /// <param name="name">One of <see cref="Names"/>, in any case.</param>
    /// <exception cref="ArgumentException">There is no such layout.</exception>
    public static DataLayout Named(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return Array.Find(Known, l => l.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            ?? throw new ArgumentException($"There is no layout '{Excerpt.Of(name)}'; there are: {string.Join(", ", Names)}.", nameof(name));
    }
}
