namespace Mel.Prompts;

/// <summary>Which fields of a JSON object hold a prompt.</summary>
public sealed class JsonLinesColumns
{
    /// <summary>Field of the question's name; rows without it are named by their line number.</summary>
    /// <value>The default is <c>id</c>.</value>
    public string Id { get; set; } = "id";

    /// <summary>Field of the question.</summary>
    /// <value>The default is <c>problem</c>.</value>
    public string Text { get; set; } = "problem";

    /// <summary>Field of the reference answer: a string or a number.</summary>
    /// <value>The default is <c>answer</c>.</value>
    public string Answer { get; set; } = "answer";

    /// <summary>Further fields to keep as <see cref="Prompt.Metadata"/>; absent ones are passed over.</summary>
    /// <value>The default is empty.</value>
    public IReadOnlyList<string> Metadata { get; set; } = [];
}
