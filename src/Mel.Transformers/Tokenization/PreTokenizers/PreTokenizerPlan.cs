namespace Mel.Transformers.Tokenization.PreTokenizers;

/// <summary>The steps from a stretch of text to the words of the model, in order.</summary>
internal sealed class PreTokenizerPlan
{
    private readonly List<Func<PieceStep, PieceStep>> _steps = [];

    /// <summary>Whether the last thing that happens to a word is that it becomes bytes.</summary>
    public bool EndsInBytes { get; private set; }

    /// <summary>Whether these bytes reach the model spelled in the byte-level alphabet, rather than as they are.</summary>
    public bool SpellsBytes { get; set; }

    /// <summary>Whether a step does something else at the start of the text.</summary>
    public bool AsksForStart { get; private set; }

    /// <summary>Whether such a step comes behind others that may have cut the start of the text in parts.</summary>
    public bool AsksForStartOfParts { get; private set; }

    /// <summary>Says that the next step does something else at the start of the text.</summary>
    public void AskForStart() => (AsksForStart, AsksForStartOfParts) = (true, AsksForStartOfParts || EndsInBytes || _steps.Count > 0);

    /// <summary>Adds a step.</summary>
    /// <param name="step">Creates it, given the step that follows.</param>
    public void Add(Func<PieceStep, PieceStep> step)
    {
        if (EndsInBytes) _steps.Add(next => new SpellStep(next));
        EndsInBytes = false;
        _steps.Add(step);
    }

    /// <summary>Turns words into bytes from here on.</summary>
    public void AddBytes()
    {
        if (EndsInBytes) _steps.Add(next => new SpellStep(next));
        EndsInBytes = true;
    }

    /// <summary>Builds the steps.</summary>
    /// <param name="words">The last step.</param>
    /// <returns>The first.</returns>
    public PieceStep Build(WordEncoder words)
    {
        PieceStep first = EndsInBytes && SpellsBytes ? new SpellStep(words) : words;
        for (int i = _steps.Count - 1; i >= 0; i--) first = _steps[i](first);
        return first;
    }
}
