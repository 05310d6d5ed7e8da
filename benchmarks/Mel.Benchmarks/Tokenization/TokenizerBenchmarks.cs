using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Mel.Transformers.Tokenization;
using Microsoft.ML.Tokenizers;

namespace Mel.Benchmarks.Tokenization;

/// <summary>
/// Time per token of the real Qwen3 tokenizer on one thread, cache warm, beside Microsoft.ML.Tokenizers on the same file (which is not exact: no NFC, no
/// characters above U+FFFF). Needs <c>MEL_QWEN3_TOKENIZER</c>; see tests/fetch-qwen3-tokenizer.sh. 1,000 ns divided by the mean is millions of tokens per
/// second.
/// </summary>
[Config(typeof(Settings)), MemoryDiagnoser]
public class TokenizerBenchmarks
{
    private const int Tokens = 200_000;

    private HuggingFaceTokenizer _tokenizer = null!;
    private BpeTokenizer _peer = null!;
    private string _text = "";
    private int[] _ids = [];
    private int[] _ends = [];

    private sealed class Settings : ManualConfig
    {
        public Settings() => AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance));
    }

    /// <summary>
    /// English: words drawn by Zipf's law from the vocabulary's Latin words. Mixed: from all of its tokens, every script and code among them.
    /// </summary>
    [Params("English", "Mixed")]
    public string Text { get; set; } = "English";

    [GlobalSetup]
    public void Setup()
    {
        string path = Environment.GetEnvironmentVariable("MEL_QWEN3_TOKENIZER")
            ?? throw new InvalidOperationException("Set MEL_QWEN3_TOKENIZER to the Qwen3 tokenizer.json; tests/fetch-qwen3-tokenizer.sh brings it.");
        _tokenizer = HuggingFaceTokenizer.Load(path);
        _peer = Peer(path);
        // Tokens are numbered by how early they were merged, so by how frequent they are: rank r has weight 1/r.
        string[] words =
        [
            .. Enumerable.Range(0, 151_643).Select(id => _tokenizer.Decode([id]))
                .Where(word => Text == "English" ? Regex.IsMatch(word, "^ [a-z]{2,}$") : !word.Contains('\uFFFD')),
        ];
        var random = new Random(1);
        var text = new StringBuilder();
        for (int i = 0; i < Tokens; i++)
        {
            text.Append(words[(int)Math.Pow(words.Length, random.NextDouble()) - 1]);
            if (i % 12 == 11) text.Append(Text == "English" ? ".\n" : " ");
        }
        _ids = [.. _tokenizer.Encode(text.ToString()).Take(Tokens)];
        _text = _tokenizer.Decode(_ids);
        _ends = new int[Tokens];
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Tokens)]
    public int Encode() => _tokenizer.Encode(_text).Count;

    [Benchmark(OperationsPerInvoke = Tokens)]
    public int EncodePeer() => _peer.EncodeToIds(_text).Count;

    [Benchmark(OperationsPerInvoke = Tokens)]
    public int Decode() => _tokenizer.Decode(_ids).Length;

    [Benchmark(OperationsPerInvoke = Tokens)]
    public int DecodeWithTextEnds() => _tokenizer.Decode(_ids, _ends).Length;

    [Benchmark(OperationsPerInvoke = Tokens)]
    public int DecodePeer() => _peer.Decode(_ids).Length;

    [Benchmark(OperationsPerInvoke = Tokens)]
    public int DecodeStreaming()
    {
        var decoder = new StreamingDecoder(_tokenizer);
        int length = 0;
        foreach (int id in _ids) length += decoder.Append(id).Length;
        return length + decoder.Finish().Length;
    }

    private static BpeTokenizer Peer(string path)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
        JsonElement root = document.RootElement, model = root.GetProperty("model");
        Dictionary<string, int> special = root.GetProperty("added_tokens").EnumerateArray()
            .ToDictionary(token => token.GetProperty("content").GetString()!, token => token.GetProperty("id").GetInt32());
        string pattern = root.GetProperty("pre_tokenizer").GetProperty("pretokenizers")[0].GetProperty("pattern").GetProperty("Regex").GetString()!;
        KeyValuePair<string, int>[] vocabulary = [.. model.GetProperty("vocab").EnumerateObject().Select(e => KeyValuePair.Create(e.Name, e.Value.GetInt32()))];
        return BpeTokenizer.Create(new BpeOptions(vocabulary)
        {
            Merges = model.GetProperty("merges").EnumerateArray().Select(merge => $"{merge[0].GetString()} {merge[1].GetString()}"),
            SpecialTokens = special,
            ByteLevel = true,
            PreTokenizer = new RegexPreTokenizer(new Regex(pattern, RegexOptions.Compiled), special),
        });
    }
}
