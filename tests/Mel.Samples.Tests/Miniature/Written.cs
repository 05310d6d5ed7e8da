using Mel.Rollouts;

namespace Mel.Samples.Tests.Miniature;

/// <summary>Trajectories as a sampler would return them.</summary>
internal static class Written
{
    private static readonly WordTokenizer Tokenizer = new();

    /// <summary>A text ended by a stop token, or cut off where none is given.</summary>
    public static Trajectory By(string text, string? stop)
    {
        int[] ids = [.. Tokenizer.Encode(stop is null ? text : $"{text} {stop}")];
        var ends = new int[ids.Length];
        string decoded = Tokenizer.Decode(ids, ends);
        return new Trajectory(ids, new float[ids.Length], decoded, stop is null ? FinishReason.Length : FinishReason.Stop) { TextEnds = ends };
    }

    /// <summary>A chain that must be well-formed.</summary>
    public static Chain Chain(string text) => Mel.Samples.Miniature.Chain.TryParse(text, out Chain? chain, out string? malformed) ? chain : throw new FormatException(malformed);

    /// <summary>A lesson that must be well-formed.</summary>
    public static Lesson Lesson(string text) => Mel.Samples.Miniature.Lesson.TryParse(text, out Lesson? lesson, out string? malformed) ? lesson : throw new FormatException(malformed);
}
