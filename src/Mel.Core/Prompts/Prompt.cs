using System.Collections.ObjectModel;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.AI;

namespace Mel.Prompts;

/// <summary>One question of the training or evaluation set with the answer a verifier compares against: x and y* of the paper.</summary>
/// <param name="Id">Stable name of the question; groups, seeds and reports are keyed by it.</param>
/// <param name="Text">The question as the user would ask it, before any chat template.</param>
/// <param name="Answer">The reference answer, in the form the run's verifier expects.</param>
public sealed record Prompt(string Id, string Text, string Answer)
{
    private readonly IReadOnlyList<ChatMessage>? _messages;

    /// <summary>The turns the policy continues: a system text, earlier turns, the question.</summary>
    /// <value>The default is one message of the user, <see cref="Text"/>.</value>
    public IReadOnlyList<ChatMessage> Messages
    {
        get => _messages ?? [new ChatMessage(ChatRole.User, Text)];
        init => _messages = value is { Count: > 0 }
            ? value
            : throw new ArgumentException($"The prompt '{Id}' has no message; leave the property out for one of the user.", nameof(value));
    }

    /// <summary>Further columns of the row the prompt was read from, by name.</summary>
    /// <value>The default is empty.</value>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = ReadOnlyDictionary<string, string>.Empty;

    /// <summary>A digest of questions, turns and answers: the same for the same content, whatever objects hold it.</summary>
    internal static string DigestOf(IEnumerable<Prompt> prompts)
    {
        using IncrementalHash digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string part in prompts.SelectMany(p => (string[])[p.Id, .. p.Messages.Select(m => $"{m.Role}\u0002{m.Text}"), p.Answer]))
            digest.AppendData(Encoding.UTF8.GetBytes(part + "\u0001"));
        return Convert.ToHexStringLower(digest.GetHashAndReset().AsSpan(0, 16));
    }
}
