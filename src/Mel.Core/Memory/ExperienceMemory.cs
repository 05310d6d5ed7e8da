using Mel.Experiences;
using Mel.Rollouts;
using Mel.Runtime;

namespace Mel.Memory;

/// <summary>
/// Remembers what experiences claim, by key. Every experience has a vote. An answer that enough of them agree on is the consensus of its key, and is rehearsed:
/// the policy learns to recall the answer after the cue alone. Votes of different questions replace the proof by replay.
/// </summary>
/// <remarks>A memory belongs to one run and is used by one thread at a time. Its size is bounded by its options.</remarks>
public sealed class ExperienceMemory : IRunPart, IRunState
{
    /// <summary>A key that has faded below this weight is not rehearsed.</summary>
    private const double FaintestWeight = 0.01;

    private readonly ExperienceMemoryOptions _options;
    private readonly Dictionary<string, RememberedKey> _keys = new(StringComparer.Ordinal);
    private readonly List<RememberedKey> _order = [];

    /// <summary>Creates an empty memory.</summary>
    /// <param name="options">Read once; the defaults where null.</param>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">An option is out of its range.</exception>
    public ExperienceMemory(ExperienceMemoryOptions? options = null) => _options = OptionRules.Checked(options, new ExperienceMemoryOptionsValidator());

    /// <summary>
    /// How experiences for a memory are best extracted: two pairs of a question that share a long beginning, written greedily and without replay, whose place
    /// the votes take.
    /// </summary>
    public static ExperienceOptions Extraction()
        => new() { PairsPerPrompt = 2, PairSelection = PairSelection.LongestSharedPrefix, ExtractionTemperature = 0, Validate = false };

    /// <summary>Number of keys.</summary>
    public int Count => _order.Count;

    /// <summary>The step that the memory is in; 0 before the first.</summary>
    public int Step { get; private set; }

    /// <summary>Number of keys that have a consensus.</summary>
    public int TrustedKeys => _order.Count(k => k.Consensus(_options) is not null);

    /// <summary>Votes of an experience that failed its replay.</summary>
    internal double FailedReplayVotes => _options.FailedReplayVotes;

    /// <summary>Enters a step: votes age, and keys that nobody voted on for long are forgotten.</summary>
    /// <param name="step">Number of the step. An earlier one than <see cref="Step"/> changes nothing.</param>
    public void Advance(int step)
    {
        if (step <= Step) return;
        if (_options.VoteDecay < 1)
        {
            double factor = Math.Pow(_options.VoteDecay, step - Step);
            foreach (RememberedKey key in _order) key.Age(factor);
        }

        Step = step;
        if (_options.ForgetAfterSteps is { } limit)
        {
            foreach (RememberedKey old in _order.Where(k => step - k.LastStep > limit).ToArray()) Remove(old);
        }
    }

    /// <summary>Votes for an answer, and remembers its wording.</summary>
    /// <param name="claim">Key and answer.</param>
    /// <param name="wording">What is rehearsed where the answer is the consensus: the cue, and the tokens to recall after it.</param>
    /// <param name="votes">How much the vote counts, greater than 0.</param>
    public void Vote(HeuristicClaim claim, TokenSequence wording, double votes = 1)
    {
        ArgumentNullException.ThrowIfNull(claim);
        ArgumentNullException.ThrowIfNull(wording);
        if (wording.Context.IsEmpty || wording.Response.IsEmpty)
            throw new ArgumentException(
                $"The wording has {wording.Context.Length} tokens of cue and {wording.Response.Length} to recall; both need at least one.", nameof(wording));
        if (!(votes > 0 && double.IsFinite(votes)))
            throw new ArgumentOutOfRangeException(nameof(votes), votes, "A vote counts a finite number greater than 0.");
        if (!_keys.TryGetValue(claim.Key, out RememberedKey? key))
        {
            if (_order.Count == _options.MaxKeys) Remove(_order.MinBy(k => (k.Votes, k.LastStep))!);
            key = new RememberedKey(claim.Key);
            _keys.Add(key.Key, key);
            _order.Add(key);
        }

        key.Vote(claim.Answer, wording, votes, Step, _options);
    }

    /// <summary>Forgets a key.</summary>
    /// <param name="key">The key.</param>
    /// <returns>Whether it was there.</returns>
    public bool Forget(string key)
    {
        if (!_keys.TryGetValue(key, out RememberedKey? known)) return false;
        Remove(known);
        return true;
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        _keys.Clear();
        _order.Clear();
    }

    /// <summary>What is believed of a key.</summary>
    /// <param name="key">The key.</param>
    /// <returns>The answer that enough votes agree on; null where there is none.</returns>
    public string? Consensus(string key) => _keys.TryGetValue(key, out RememberedKey? known) ? known.Consensus(_options)?.Text : null;

    /// <summary>What to rehearse in this step: each trusted key in one of its wordings. A key that fades has a smaller weight.</summary>
    public IReadOnlyList<Rehearsal> Rehearse()
    {
        (RememberedAnswer Answer, double Weight)[] trusted =
        [
            .. from key in _order
               let answer = key.Consensus(_options)
               let weight = WeightOf(key)
               where answer is not null && weight >= FaintestWeight
               select (answer, weight),
        ];
        int count = _options.RehearsalsPerStep == 0 ? trusted.Length : Math.Min(trusted.Length, _options.RehearsalsPerStep);
        // Those that do not fit have their turn in the next step.
        long first = trusted.Length == count ? 0 : (long)Step * count % trusted.Length;
        return
        [
            .. Enumerable.Range(0, count).Select(i => trusted[(int)((first + i) % trusted.Length)])
                .Select(t => new Rehearsal(t.Answer.Wordings[Step % t.Answer.Wordings.Count], t.Weight)),
        ];
    }

    /// <summary>Everything that is remembered, in the order in which the keys came.</summary>
    public IReadOnlyList<RememberedHeuristic> Snapshot() =>
    [
        .. _order.Select(k => new RememberedHeuristic(
            k.Key, [.. k.Answers.Select(a => new AnswerVotes(a.Text, a.Votes))], k.Votes, k.LastStep, k.Consensus(_options)?.Text, WeightOf(k))),
    ];

    /// <inheritdoc/>
    public void Describe(RunIdentity identity)
    {
        ArgumentNullException.ThrowIfNull(identity);
        identity.SetOptions(_options);
    }

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> SaveState() => MemoryState.Save(Step, _order);

    /// <inheritdoc/>
    public void LoadState(ReadOnlyMemory<byte> state)
    {
        (int step, List<RememberedKey> keys) = MemoryState.Load(state, _options);
        Clear();
        Step = step;
        foreach (RememberedKey key in keys)
        {
            _keys.Add(key.Key, key);
            _order.Add(key);
        }
    }

    private double WeightOf(RememberedKey key) => _options.FadeHalfLife is { } halfLife ? Math.Pow(0.5, (Step - key.LastStep) / halfLife) : 1.0;

    private void Remove(RememberedKey key)
    {
        _keys.Remove(key.Key);
        _order.Remove(key);
    }
}
