namespace Mel.Rewards;

/// <summary>Settings of <see cref="OverlongPenalty"/>.</summary>
public sealed class OverlongPenaltyOptions
{
    /// <summary>L_max: longest response, tokens.</summary>
    /// <value>The default is 1024, the default of <see cref="Rollouts.SamplingOptions.MaxTokens"/>.</value>
    public int MaxTokens { get; set; } = 1024;

    /// <summary>L_buf: the penalty grows over the last this many tokens before <see cref="MaxTokens"/>.</summary>
    /// <value>The default is 256, a quarter of the maximum; DAPO uses 4096 of 20480.</value>
    public int BufferTokens { get; set; } = 256;

    /// <summary>Penalty at <see cref="MaxTokens"/>, in units of the reward.</summary>
    /// <value>The default is 1.</value>
    public double Factor { get; set; } = 1;

    /// <summary>Whether the penalty stops growing at <see cref="MaxTokens"/>, as in OpenRLHF; verl lets it grow on.</summary>
    /// <value>The default is <see langword="true"/>.</value>
    public bool Capped { get; set; } = true;
}
