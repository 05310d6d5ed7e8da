namespace Mel.Transformers.Sampling;

/// <summary>Bounds of the sampling engine.</summary>
/// <param name="ContextTokens">Prompt and response together.</param>
/// <param name="CacheBytes">Keys and values of all sequences that run at once.</param>
/// <param name="Sequences">Sequences that run at once.</param>
/// <param name="PrefillTokens">Prompt tokens that pass through the model at once; a longer prompt passes alone.</param>
internal sealed record SamplingLimits(int ContextTokens, long CacheBytes, int Sequences, int PrefillTokens);
