namespace Mel.Transformers.Tests.Expressions;

/// <summary>Split expressions of published tokenizers, and texts with a bar between the words that each of them makes.</summary>
internal static class PublishedExpressions
{
    public const string Gpt2 = @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";

    public const string Cl100k =
        @"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+|\s++$|\s*[\r\n]|\s+(?!\S)|\s";

    public const string O200k =
        @"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|"
        + @"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|"
        + @"\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    public const string DeepSeek =
        @"[!""#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    public static IEnumerable<TestCaseData> Cases()
    {
        yield return Case(Gpt2, "it|'s| 1234|x| !?| | a|\n|\n|b|'|S", "GPT-2");
        yield return Case(Cl100k, "it|'S|'LL| x|1234|!!\n\n|a", "cl100k");
        yield return Case(O200k, "Camel|Case|JSONText's| HTTP's| don't|123|4| x|/y| ://\n|字かな|\n|  | é", "o200k");
        yield return Case(DeepSeek, "a|.b| c| !?\n| | -", "DeepSeek");
    }

    private static TestCaseData Case(string pattern, string words, string name) => new TestCaseData(pattern, words).SetArgDisplayNames(name);
}
