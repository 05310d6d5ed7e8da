using Mel.Rewards;
using Mel.Runtime;
using Mel.Verification;
using Microsoft.Extensions.Options;

namespace Mel.Advantages;

/// <summary>
/// Rejection-sampling fine-tuning (RFT): trajectories that are correct by their verdict train with advantage 1, all others leave the batch, so that the
/// policy-gradient loss -A log pi becomes the likelihood of the correct responses. Rewards are not looked at, shaped or not.
/// </summary>
public sealed class CorrectOnlySelection : IAdvantageEstimator, IRunPart
{
    private readonly CorrectOnlySelectionOptions _options;

    /// <summary>Creates the selection.</summary>
    /// <param name="options">Read once; null for the defaults.</param>
    /// <exception cref="OptionsValidationException">An option is out of its range.</exception>
    public CorrectOnlySelection(CorrectOnlySelectionOptions? options = null)
        => _options = OptionRules.Checked(options, new CorrectOnlySelectionOptionsValidator());

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<IReadOnlyList<Advantage>>> EstimateAsync(RolloutBatch rollouts, CancellationToken cancellationToken = default)
        => PerTrajectory.OfGroups(rollouts, OfGroup);

    /// <inheritdoc/>
    public void Describe(RunIdentity identity)
    {
        ArgumentNullException.ThrowIfNull(identity);
        identity.SetOptions(_options);
    }

    private Advantage[] OfGroup(RolloutGroup group)
    {
        var advantages = new Advantage[group.Verdicts.Count];
        var kept = new List<int>();
        for (int i = 0; i < advantages.Length; i++)
        {
            if (group.Verdicts[i] != Verdict.Correct) continue;
            if (_options.MaxPerGroup > 0 && kept.Count == _options.MaxPerGroup) break;
            if (_options.Deduplicate && kept.Exists(k => group.Trajectories[k].TokenIds.Span.SequenceEqual(group.Trajectories[i].TokenIds.Span))) continue;
            kept.Add(i);
            advantages[i] = Advantage.OfTrajectory(1);
        }
        return advantages;
    }
}

/// <summary>Settings of <see cref="CorrectOnlySelection"/>.</summary>
public sealed class CorrectOnlySelectionOptions
{
    /// <summary>Whether responses of the same tokens count once per group.</summary>
    /// <value>The default is false.</value>
    public bool Deduplicate { get; set; }

    /// <summary>Largest number of responses kept per group, the first ones sampled; 0 keeps all.</summary>
    /// <value>The default is 0.</value>
    public int MaxPerGroup { get; set; }
}

internal sealed class CorrectOnlySelectionOptionsValidator : IValidateOptions<CorrectOnlySelectionOptions>
{
    public ValidateOptionsResult Validate(string? name, CorrectOnlySelectionOptions options)
    {
        OptionRules rules = new();
        rules.AtLeast(options.MaxPerGroup, 0, nameof(options.MaxPerGroup));
        return rules.Result;
    }
}
