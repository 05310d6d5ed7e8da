using Mel.Runtime;
using Microsoft.Extensions.AI;

namespace Mel.Rollouts;

/// <summary>
/// Puts guidance into every prompt that it encodes, and samples as it did: retrieval of remembered experiences without training (Training-Free GRPO,
/// ReasoningBank) in an evaluation, or hints for all rollouts of a run.
/// </summary>
/// <param name="inner">The sampler that does the work.</param>
/// <param name="guide">The text that takes the place of the last message's; null leaves the message as it is.</param>
public sealed class GuidingSampler(ISampler inner, Func<string, string?> guide) : DelegatingSampler(inner)
{
    private readonly Func<string, string?> _guide = guide ?? throw new ArgumentNullException(nameof(guide));

    /// <inheritdoc/>
    public override ReadOnlyMemory<int> Encode(IReadOnlyList<ChatMessage> messages)
    {
        ArgumentNullException.ThrowIfNull(messages);
        return messages.Count > 0 && _guide(messages[^1].Text) is { } text
            ? base.Encode([.. messages.Take(messages.Count - 1), new ChatMessage(messages[^1].Role, text)])
            : base.Encode(messages);
    }

    /// <inheritdoc/>
    public override void Describe(RunIdentity identity)
    {
        base.Describe(identity);
        identity.Set("guide", _guide);
    }
}
