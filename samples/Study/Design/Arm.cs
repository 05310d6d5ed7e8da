using System.Globalization;

namespace Mel.Samples.Study;

/// <summary>One way of training, as plain settings: two arms with the same settings are the same arm.</summary>
/// <param name="Name">What rows and options call it.</param>
/// <param name="Title">What the report calls it.</param>
internal sealed record Arm(string Name, string Title)
{
    public BaseAlgorithm Base { get; init; } = BaseAlgorithm.Grpo;

    public double LearningRate { get; init; } = 7e-4;

    /// <summary>What is learned beside the reward.</summary>
    public Addition Addition { get; init; } = Addition.None;

    /// <summary>Norm of the addition's gradient as a share of that of the base.</summary>
    public double Weight { get; init; } = 1;

    /// <summary>Last step that extracts; null for none.</summary>
    public int? Until { get; init; }

    /// <summary>Steps after which a belief that nobody votes on any more is rehearsed half as strongly; null for never.</summary>
    public double? HalfLife { get; init; }

    /// <summary>How the claims of experiences are worded, and how the memory brings them together.</summary>
    public ClaimReading Reading { get; init; } = ClaimReading.Exact;

    /// <summary>Cosine from which on two keys are one where they are brought together by embeddings.</summary>
    public double Similarity { get; init; } = 0.8;

    /// <summary>What is taken away from the memory.</summary>
    public Ablation Ablation { get; init; } = Ablation.None;

    /// <summary>The settings that decide the numbers. A row with other settings under the same name is not of this arm.</summary>
    public string Settings => string.Create(CultureInfo.InvariantCulture, $"{Base} lr {LearningRate}")
        + (Addition == Addition.None ? "" : string.Create(CultureInfo.InvariantCulture, $"; {Addition} {Weight}"))
        + (Until is { } last ? string.Create(CultureInfo.InvariantCulture, $" until {last}") : "")
        + (HalfLife is { } steps ? string.Create(CultureInfo.InvariantCulture, $" half-life {steps}") : "")
        + (Reading == ClaimReading.Exact ? "" : $" {Reading}")
        + (Reading == ClaimReading.EmbeddingClusters ? string.Create(CultureInfo.InvariantCulture, $" {Similarity}") : "")
        + (Ablation == Ablation.None ? "" : $" {Ablation}");
}

/// <summary>The reinforcement-learning term of an arm.</summary>
internal enum BaseAlgorithm
{
    Grpo,

    /// <summary>GRPO without its negative advantages.</summary>
    Positive,

    ReinforcePlusPlus,

    Rft,
}

/// <summary>What an arm learns beside the reward.</summary>
internal enum Addition
{
    None,

    /// <summary>The correct attempts of the step's pairs, after their questions.</summary>
    CorrectAttempts,

    /// <summary>Correct attempts of earlier steps, drawn at random.</summary>
    CorrectBuffer,

    /// <summary>Meta-experiences that proved themselves by replay, in the context they were written in: Eq. 7.</summary>
    Retrospective,

    /// <summary>The heuristics of the step's meta-experiences, after their recall prompts.</summary>
    StepHeuristics,

    /// <summary>Heuristics of all steps so far, drawn at random: no keys, no votes.</summary>
    HeuristicBuffer,

    /// <summary>The keyed memory of heuristics with one vote per experience.</summary>
    Memory,

    /// <summary>Help from outside: questions that no attempt solved are tried again with a true lesson in the prompt.</summary>
    TrueHints,

    /// <summary>Help from outside: a true solution joins every group that has wrong attempts.</summary>
    TrueTraces,

    /// <summary>No training: what the memory believes of the first step stands in the prompt of the evaluation.</summary>
    Retrieval,
}

/// <summary>How a memory reads what experiences claim.</summary>
internal enum ClaimReading
{
    /// <summary>As the model writes them; claims are the same where their words are.</summary>
    Exact,

    /// <summary>In words of natural language that differ from experience to experience, and the same where their words are.</summary>
    Reworded,

    /// <summary>In such words, brought together by the words they share.</summary>
    RewordedClusters,

    /// <summary>As the model writes them, brought together by the model's own embeddings of the words.</summary>
    EmbeddingClusters,
}

/// <summary>A memory of which one thing is changed.</summary>
internal enum Ablation
{
    None,

    /// <summary>The leading answer is believed, however few agree.</summary>
    Plurality,

    /// <summary>One pair per question instead of two.</summary>
    OnePair,

    /// <summary>Written at T = 1 from pairs chosen at random, instead of greedily from pairs that part late.</summary>
    SampledWriter,

    /// <summary>Only experiences that their replay proved have a vote.</summary>
    Replayed,
}
