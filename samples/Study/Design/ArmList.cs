using static System.FormattableString;

namespace Mel.Samples.Study;

/// <summary>The arms of the study. Their numbers were chosen on selection seeds and stay as they are while rows are collected.</summary>
internal static class ArmList
{
    /// <summary>The model before training.</summary>
    public static readonly Arm Base = new("base", "base");

    public static readonly Arm Grpo = new("grpo", "GRPO");

    public static readonly Arm Positive = new("positive", "positive-only") { Base = BaseAlgorithm.Positive, LearningRate = 1e-3 };

    public static readonly Arm CorrectAttempts = new("y+", "GRPO + y+") { Addition = Addition.CorrectAttempts, Weight = 2 };

    public static readonly Arm CorrectBuffer = new("y+buffer", "GRPO + y+ buffer") { Addition = Addition.CorrectBuffer };

    public static readonly Arm Equation7 = new("eq7", "GRPO + ME, Eq. 7") { Addition = Addition.Retrospective, Weight = 0.5 };

    public static readonly Arm StepHeuristics = new("heuristics", "GRPO + heuristics of the step") { Addition = Addition.StepHeuristics };

    public static readonly Arm HeuristicBuffer = new("keyless", "GRPO + heuristics without keys") { Addition = Addition.HeuristicBuffer };

    public static readonly Arm Memory = new("memory", "GRPO + memory") { Addition = Addition.Memory };

    public static readonly Arm MemoryUntil15 = new("memory-15", "GRPO + memory until step 15") { Addition = Addition.Memory, Until = 15 };

    public static readonly Arm PositiveMemory = new("positive+memory", "positive-only + memory until step 15")
    {
        Base = BaseAlgorithm.Positive, LearningRate = 1e-3, Addition = Addition.Memory, Until = 15,
    };

    /// <summary>The same with beliefs that fade once nobody votes any more.</summary>
    public static readonly Arm PositiveFading
        = PositiveMemory with { Name = "positive+fading", Title = "positive-only + fading memory", HalfLife = 10 };

    public static readonly Arm Rft = new("rft", "RFT") { Base = BaseAlgorithm.Rft };

    public static readonly Arm RftEquation7 = new("rft+eq7", "RFT + ME, Eq. 7") { Base = BaseAlgorithm.Rft, Addition = Addition.Retrospective, Weight = 0.5 };

    public static readonly Arm RftMemory = new("rft+memory", "RFT + memory") { Base = BaseAlgorithm.Rft, Addition = Addition.Memory };

    public static readonly Arm ReinforcePlusPlus = new("reinforce", "REINFORCE++") { Base = BaseAlgorithm.ReinforcePlusPlus };

    public static readonly Arm ReinforcePlusPlusEquation7 = new("reinforce+eq7", "REINFORCE++ + ME, Eq. 7")
    {
        Base = BaseAlgorithm.ReinforcePlusPlus, Addition = Addition.Retrospective, Weight = 0.5,
    };

    public static readonly Arm ReinforcePlusPlusMemory = new("reinforce+memory", "REINFORCE++ + memory")
    {
        Base = BaseAlgorithm.ReinforcePlusPlus, Addition = Addition.Memory,
    };

    /// <summary>The memory over claims in free wording, which seldom have the same key.</summary>
    public static readonly Arm MemoryReworded
        = Memory with { Name = "memory-reworded", Title = "GRPO + memory, free wording", Reading = ClaimReading.Reworded };

    /// <summary>The same, with claims brought together by the words they share.</summary>
    public static readonly Arm MemoryClusters
        = Memory with { Name = "memory-clusters", Title = "GRPO + memory, free wording, clusters", Reading = ClaimReading.RewordedClusters };

    /// <summary>The memory in a world of several names, with keys brought together by the model's embeddings.</summary>
    public static readonly Arm MemoryEmbeddings
        = Memory with { Name = "memory-embeddings", Title = "GRPO + memory, clusters of embeddings", Reading = ClaimReading.EmbeddingClusters };

    /// <summary>The arms that every claim about a world needs.</summary>
    public static readonly IReadOnlyList<Arm> Claims = [Grpo, Memory, Positive, PositiveMemory, CorrectBuffer];

    /// <summary>All main arms: those of the claims first.</summary>
    public static readonly IReadOnlyList<Arm> Main = [.. Claims, CorrectAttempts, Equation7, StepHeuristics, HeuristicBuffer, MemoryUntil15, PositiveFading];

    /// <summary>Meta-experience over other algorithms.</summary>
    public static readonly IReadOnlyList<Arm> Bases =
        [Rft, RftEquation7, RftMemory, ReinforcePlusPlus, ReinforcePlusPlusEquation7, ReinforcePlusPlusMemory];

    /// <summary>The arms that every size of model is trained with.</summary>
    public static readonly IReadOnlyList<Arm> Sizes = [Grpo, Equation7, Memory];

    /// <summary>The memory with one thing changed at a time.</summary>
    public static readonly IReadOnlyList<Arm> Ablations =
    [
        Memory with { Name = "memory-plurality", Title = "no thresholds", Ablation = Ablation.Plurality },
        Memory with { Name = "memory-one-pair", Title = "one pair", Ablation = Ablation.OnePair },
        Memory with { Name = "memory-sampled", Title = "sampled writer", Ablation = Ablation.SampledWriter },
        Memory with { Name = "memory-replayed", Title = "votes by replay", Ablation = Ablation.Replayed },
    ];

    /// <summary>What the literature does instead; the first two have help from outside, which no other arm has.</summary>
    public static readonly IReadOnlyList<Arm> Comparators =
    [
        new("true-hints", "GRPO + true hints when nothing is solved (Scaf-GRPO, StepHint)") { Addition = Addition.TrueHints },
        new("true-traces", "GRPO + true solutions in the groups (LUFFY, SRFT)") { Addition = Addition.TrueTraces },
        new("retrieval", "no training, memory in the prompt (Training-Free GRPO, ReasoningBank)") { Addition = Addition.Retrieval, LearningRate = 0 },
    ];

    /// <summary>Keys that are not exact.</summary>
    public static readonly IReadOnlyList<Arm> Wordings = [MemoryReworded, MemoryClusters];

    /// <summary>The arms whose gradients are looked into.</summary>
    public static readonly IReadOnlyList<Arm> Probed = [Grpo, Positive, CorrectAttempts, Equation7, StepHeuristics, Memory];

    /// <summary>What was tried before the numbers of the arms were settled.</summary>
    public static readonly IReadOnlyList<Arm> Selection =
    [
        .. Rates(Grpo, 5e-4, 7e-4, 1e-3), .. Rates(Positive, 7e-4, 1e-3, 1.4e-3), .. Weights(CorrectAttempts, 0.5, 1, 2, 4),
        .. Weights(CorrectBuffer, 0.5, 1, 2),
        .. Weights(Memory, 0.5, 1, 2), .. Rates(PositiveMemory, 7e-4, 1e-3, 1.4e-3), .. Weights(Equation7, 0.5, 1),
    ];

    private static IEnumerable<Arm> Rates(Arm arm, params double[] rates)
        => rates.Select(r => arm with { Name = Invariant($"{arm.Name}@lr{r}"), Title = Invariant($"{arm.Title}, learning rate {r}"), LearningRate = r });

    private static IEnumerable<Arm> Weights(Arm arm, params double[] weights)
        => weights.Select(w => arm with { Name = Invariant($"{arm.Name}@{w}"), Title = Invariant($"{arm.Title}, weight {w}"), Weight = w });
}
