using static TorchSharp.torch;

namespace Mel.Objectives;

/// <summary>One summand of an objective, normalized by its own counts and reported under its own name.</summary>
/// <param name="Name">Name in metrics, for instance <c>policy</c> or <c>meta_experience</c>.</param>
/// <param name="Loss">What is minimized, [], before scaling; without a graph when the micro-batch carries no gradient for it.</param>
/// <param name="Scaling">How strongly it counts.</param>
public sealed record LossTerm(string Name, Tensor Loss, TermScaling Scaling);
