namespace Mel.Transformers.Tests.Golden;

/// <summary>
/// Published models, too large for the repository: folders below the one that <c>MEL_MODELS</c> names, by default <c>mel-models</c> in the user's cache. A test
/// of one that is not there says so and does not run.
/// </summary>
internal static class RealModels
{
    public const string Variable = "MEL_MODELS";

    public static string SmolLm2 => Require("SmolLM2-135M-Instruct");

    private static string Require(string name)
    {
        string cache = Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } given ? given
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
        string folder = Path.Combine(Environment.GetEnvironmentVariable(Variable) ?? Path.Combine(cache, "mel-models"), name);
        if (!File.Exists(Path.Combine(folder, "model.safetensors"))) Assert.Ignore($"{folder} holds no model; this test was not run. {Variable} names where it is.");
        return folder;
    }
}
