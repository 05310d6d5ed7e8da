namespace Mel.Transformers.Packing;

/// <summary>Consecutive tokens of one sequence within a flat batch.</summary>
/// <param name="Start">Row of the first token.</param>
/// <param name="Length">Number of tokens.</param>
/// <param name="Past">Number of tokens of the same sequence that the cache already holds; the position of the first token.</param>
/// <param name="CacheRow">Row of the cache that holds the sequence; unused without a cache.</param>
internal readonly record struct Segment(int Start, int Length, int Past = 0, int CacheRow = 0);
