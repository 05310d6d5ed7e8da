using Mel.Transformers.Tokenization;

namespace Mel.Transformers.Tests.Tokenization;

/// <summary>The real Qwen3 tokenizer, when <c>MEL_QWEN3_TOKENIZER</c> names its file (<c>tests/fetch-qwen3-tokenizer.sh</c> brings it); a test that needs it is ignored otherwise.</summary>
internal static class RealTokenizers
{
    private const string Variable = "MEL_QWEN3_TOKENIZER";

    public static Lazy<HuggingFaceTokenizer> Qwen3 { get; } = new(() => HuggingFaceTokenizer.Load(Qwen3Path()), LazyThreadSafetyMode.PublicationOnly);

    private static string Qwen3Path()
    {
        string? path = Environment.GetEnvironmentVariable(Variable);
        if (string.IsNullOrEmpty(path)) Assert.Ignore($"No Qwen3 tokenizer: run tests/fetch-qwen3-tokenizer.sh and set {Variable} as it says.");
        return path!;
    }
}
