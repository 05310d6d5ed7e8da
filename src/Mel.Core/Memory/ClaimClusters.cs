using System.Text;
using Mel.Experiences;
using Mel.Runtime;

namespace Mel.Memory;

/// <summary>
/// The default for claims without exact keys. A text is the sum of the vectors of its words, rare words counting more than frequent ones; a claim takes the
/// words of the most similar text that came before it, if one is similar enough, and is a new one otherwise. Keys and answers are clustered apart.
/// </summary>
/// <remarks>
/// Only the first text of a cluster is compared with, so that clusters do not drift. The frequency of words is counted over all claims so far.
/// </remarks>
public sealed class ClaimClusters : IClaimResolver, IRunPart, IRunState
{
    private const int Format = 1;

    private readonly ClaimClusterOptions _options;
    private readonly Func<string, ReadOnlyMemory<float>>? _wordVector;
    private readonly TextClusters _keys;
    private readonly TextClusters _answers;

    /// <summary>Creates clusters without a text.</summary>
    /// <param name="options">Read once; the defaults where null.</param>
    /// <param name="wordVector">
    /// The vector of a word, all of one length: that of the policy's own embeddings, for instance. Where null, two words are either the same or have nothing
    /// in common.
    /// </param>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">An option is out of its range.</exception>
    public ClaimClusters(ClaimClusterOptions? options = null, Func<string, ReadOnlyMemory<float>>? wordVector = null)
    {
        _options = OptionRules.Checked(options, new ClaimClusterOptionsValidator());
        _wordVector = wordVector;
        _keys = new TextClusters(_options.KeySimilarity, _options.MaxClusters, _options.MaxWords);
        _answers = new TextClusters(_options.AnswerSimilarity, _options.MaxClusters, _options.MaxWords);
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<HeuristicClaim>> ResolveAsync(IReadOnlyList<HeuristicClaim> claims, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(claims);
        // A policy that trains gives a word another vector in the next step.
        Dictionary<string, float[]> known = new(StringComparer.Ordinal);
        WordWeights weights = new(_wordVector is { } vectorOf ? word => Remembered(known, word, vectorOf) : null);
        HeuristicClaim[] resolved = new HeuristicClaim[claims.Count];
        for (int i = 0; i < resolved.Length; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            resolved[i] = new HeuristicClaim(_keys.Resolve(claims[i].Key, weights), _answers.Resolve(claims[i].Answer, weights));
        }

        return new(resolved);
    }

    /// <inheritdoc/>
    public void Describe(RunIdentity identity)
    {
        ArgumentNullException.ThrowIfNull(identity);
        identity.SetOptions(_options);
        identity.Set("vectors", _wordVector);
    }

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> SaveState()
    {
        using MemoryStream bytes = new();
        using (BinaryWriter writer = new(bytes, Encoding.UTF8, leaveOpen: true))
        {
            writer.Write(Format);
            _keys.Save(writer);
            _answers.Save(writer);
        }

        return bytes.ToArray();
    }

    /// <inheritdoc/>
    public void LoadState(ReadOnlyMemory<byte> state)
    {
        (Action keys, Action answers) = TokenState.Read(state, reader =>
        {
            TokenState.Require(reader.ReadInt32() == Format, $"it has no clusters of format {Format}");
            Action first = _keys.Load(reader);
            return (first, _answers.Load(reader));
        });
        keys();
        answers();
    }

    private static float[] Remembered(Dictionary<string, float[]> known, string word, Func<string, ReadOnlyMemory<float>> vectorOf)
        => known.TryGetValue(word, out float[]? vector) ? vector : known[word] = vectorOf(word).ToArray();
}
