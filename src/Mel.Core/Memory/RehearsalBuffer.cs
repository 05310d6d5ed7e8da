using System.Text;
using Mel.Experiences;
using Mel.Rollouts;
using Mel.Runtime;

namespace Mel.Memory;

/// <summary>
/// Stores sequences without keys and votes, and draws some of them at random for rehearsal: the control that shows what an <see cref="ExperienceMemory"/> adds.
/// </summary>
/// <remarks>A buffer belongs to one run and is used by one thread at a time.</remarks>
public sealed class RehearsalBuffer : IRunPart, IRunState
{
    private const int Format = 1;

    private readonly RehearsalBufferOptions _options;
    private readonly Queue<TokenSequence> _sequences = [];

    /// <summary>Creates an empty buffer.</summary>
    /// <param name="options">Read once; the defaults where null.</param>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">An option is out of its range.</exception>
    public RehearsalBuffer(RehearsalBufferOptions? options = null) => _options = OptionRules.Checked(options, new RehearsalBufferOptionsValidator());

    /// <summary>Number of sequences.</summary>
    public int Count => _sequences.Count;

    /// <summary>What is to be stored.</summary>
    internal BufferContent Content => _options.Content;

    /// <summary>Stores a sequence. The oldest leaves where there is no room.</summary>
    /// <param name="sequence">Context and tokens to learn.</param>
    public void Add(TokenSequence sequence)
    {
        ArgumentNullException.ThrowIfNull(sequence);
        if (_sequences.Count == _options.Capacity) _sequences.Dequeue();
        _sequences.Enqueue(sequence);
    }

    /// <summary>Draws what is rehearsed in a step; a sequence may be drawn twice.</summary>
    /// <param name="seed">Seed of the draw.</param>
    public IReadOnlyList<Rehearsal> Draw(ulong seed)
    {
        if (_sequences.Count == 0) return [];
        SplitMix64 random = new(seed);
        TokenSequence[] all = [.. _sequences];
        Rehearsal[] drawn = new Rehearsal[_options.RehearsalsPerStep];
        for (int i = 0; i < drawn.Length; i++) drawn[i] = new Rehearsal(all[random.Next(all.Length)]);
        return drawn;
    }

    /// <inheritdoc/>
    public void Describe(RunIdentity identity)
    {
        ArgumentNullException.ThrowIfNull(identity);
        identity.SetOptions(_options);
    }

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> SaveState()
    {
        using MemoryStream bytes = new();
        using (BinaryWriter writer = new(bytes, Encoding.UTF8, leaveOpen: true))
        {
            writer.Write(Format);
            TokenState.Write(writer, [.. _sequences]);
        }

        return bytes.ToArray();
    }

    /// <inheritdoc/>
    public void LoadState(ReadOnlyMemory<byte> state)
    {
        List<TokenSequence> sequences = TokenState.Read(state, reader =>
        {
            TokenState.Require(reader.ReadInt32() == Format, $"it is no buffer of format {Format}");
            return TokenState.Read(reader, _options.Capacity);
        });
        _sequences.Clear();
        foreach (TokenSequence sequence in sequences) _sequences.Enqueue(sequence);
    }
}
