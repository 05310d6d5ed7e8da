using Mel.Rollouts;

namespace Mel.Advantages;

/// <summary>
/// What an objective is told about one trajectory: how much better than expected the trajectory was, as a whole or token by token, or that it does not train.
/// </summary>
public readonly struct Advantage : IEquatable<Advantage>
{
    private readonly ReadOnlyMemory<double> _perToken;
    private readonly double _value;

    private Advantage(bool trains, bool isPerToken, double value, ReadOnlyMemory<double> perToken)
    {
        Trains = trains;
        IsPerToken = isPerToken;
        _value = value;
        _perToken = perToken;
    }

    /// <summary>The trajectory does not train: it is left out of the batch and counts in no denominator. The default value of this type.</summary>
    public static Advantage Excluded => default;

    /// <summary>Whether the trajectory takes part in the update.</summary>
    public bool Trains { get; }

    /// <summary>Whether tokens of the trajectory have values of their own.</summary>
    public bool IsPerToken { get; }

    /// <summary>Whether every token has the advantage 0: without a divergence term such a trajectory carries no gradient.</summary>
    public bool IsZero => IsPerToken ? !_perToken.Span.ContainsAnyExcept(0.0) : _value == 0.0;

    /// <summary>The advantage of one token.</summary>
    /// <param name="token">Index into the trajectory's tokens.</param>
    public double this[int token] => IsPerToken ? _perToken.Span[token] : _value;

    /// <summary>One advantage for the whole trajectory, broadcast to its tokens.</summary>
    /// <param name="value">Unitless, finite.</param>
    public static Advantage OfTrajectory(double value) => new(true, false, value, default);

    /// <summary>One advantage per token.</summary>
    /// <param name="values">As many values as the trajectory has tokens.</param>
    public static Advantage OfTokens(ReadOnlyMemory<double> values) => new(true, true, double.NaN, values);

    /// <summary>Refuses values that do not fit the trajectory they were made for, or that are no numbers where the trajectory trains.</summary>
    /// <param name="by">Who made them, as the beginning of a sentence.</param>
    /// <param name="at">The trajectory in words.</param>
    /// <param name="trajectory">The trajectory.</param>
    internal void Require(string by, string at, Trajectory trajectory)
    {
        if (!Trains) return;
        int tokens = trajectory.TokenIds.Length;
        if (IsPerToken && _perToken.Length != tokens)
            throw new ArgumentException(
                $"{by} gave {_perToken.Length} advantages for the {tokens} tokens of {at}; one per token is expected, or one for the whole trajectory.");
        for (int t = 0; t < (IsPerToken ? tokens : 1); t++)
        {
            if (!double.IsFinite(this[t]) && (!IsPerToken || trajectory.Trains(t)))
                throw new ArgumentException(
                    $"{by} gave the advantage {this[t]} for {(IsPerToken ? $"token {t} of {at}" : at)}; a finite number is expected, or "
                    + $"{nameof(Advantage)}.{nameof(Excluded)} for a trajectory that does not train.");
        }
    }

    /// <inheritdoc/>
    public bool Equals(Advantage other)
        => Trains == other.Trains && IsPerToken == other.IsPerToken
        && (IsPerToken ? _perToken.Span.SequenceEqual(other._perToken.Span) : _value.Equals(other._value));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Advantage other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Trains, _perToken.Length, _perToken.IsEmpty ? _value : _perToken.Span[0]);

    /// <summary>Equality of all values.</summary>
    public static bool operator ==(Advantage left, Advantage right) => left.Equals(right);

    /// <summary>Inequality of any value.</summary>
    public static bool operator !=(Advantage left, Advantage right) => !left.Equals(right);
}
