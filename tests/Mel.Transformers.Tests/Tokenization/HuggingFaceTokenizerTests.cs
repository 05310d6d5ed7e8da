using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using Mel.Transformers.Tokenization;

namespace Mel.Transformers.Tests.Tokenization;

[TestFixture]
public sealed class HuggingFaceTokenizerTests
{
    // Ids 256..262.
    private static readonly (string, string)[] Merges = [("h", "e"), ("l", "l"), ("he", "ll"), ("Ġ", "a"), ("hell", "o"), ("a", "b"), ("ab", "ab")];

    private static HuggingFaceTokenizer Small(params (string Text, bool Special)[] added) => TokenizerFolder.Tokenizer(TokenizerFolder.Json(Merges, added));

    [Test]
    public void Encode_MergesByRank_GivesTheTokensWorkedByHand()
    {
        HuggingFaceTokenizer tokenizer = Small();
        tokenizer.Encode("hello").Should().Equal(260);
        tokenizer.Encode("hell a").Should().Equal(258, 259);
        tokenizer.Encode("lllx").Should().Equal(257, 'l', 'x');      // the leftmost of two equal pairs
        tokenizer.Encode("").Should().BeEmpty();
    }

    [Test]
    public void Encode_MergesAsStringsOrPairs_GivesTheSame()
    {
        JsonObject json = TokenizerFolder.Json(Merges);
        json["model"]!["merges"] = new JsonArray([.. Merges.Select(merge => JsonValue.Create($"{merge.Item1} {merge.Item2}"))]);
        TokenizerFolder.Tokenizer(json).Encode("hello abab").Should().Equal(Small().Encode("hello abab"));
    }

    [Test]
    public void Encode_IgnoreMerges_TakesAWordOfTheVocabularyWhole()
    {
        JsonObject json = TokenizerFolder.Json();
        json["model"]!["vocab"]!["xyz"] = 300;
        TokenizerFolder.Tokenizer(json).Encode("xyz").Should().Equal('x', 'y', 'z');
        json["model"]!["ignore_merges"] = true;
        TokenizerFolder.Tokenizer(json).Encode("xyz xyzz").Should().Equal(300, ' ', 'x', 'y', 'z', 'z');
    }

    [TestCase(1, "it's|  |Ünï|'LL|'ſ| 1|2|3", "it|'s| | Ünï|'LL|'ſ| |1|2|3")]
    [TestCase(1, "a  b", "a| | b")]
    [TestCase(1, "a \n\n b!!\r\nc", "a| \n\n| b|!!\r\n|c")]
    [TestCase(1, "x=-1;\t\tif", "x|=-|1|;|\t|\tif")]
    [TestCase(1, "  ", "  ")]
    [TestCase(1, "\u00A0\u3000a", "\u00A0|\u3000a")]
    [TestCase(1, "𝐱𝟘𝟙 𠮷!𞤀", "𝐱|𝟘|𝟙| 𠮷|!𞤀")]
    [TestCase(1, "👍🏽 ok", "👍🏽| ok")]
    [TestCase(3, "1234567 89", "123|456|7| |89")]
    public void Encode_Words_AreSplitAsTheExpressionSays(int digits, string text, string words)
    {
        text = text.Replace("|", "", StringComparison.Ordinal);
        JsonObject json = TokenizerFolder.Json();
        json["model"]!["ignore_merges"] = true;      // so that a word which is a token comes out whole and shows where it was split
        if (digits == 3)
            json["pre_tokenizer"]!["pretokenizers"]![0]!["pattern"]!["Regex"] = TokenizerFolder.QwenPattern.Replace(@"|\p{N}|", @"|\p{N}{1,3}|",
                StringComparison.Ordinal);
        JsonObject vocab = json["model"]!["vocab"]!.AsObject();
        foreach (string word in words.Split('|')) vocab.TryAdd(TokenizerFolder.Spell(word), vocab.Count);
        HuggingFaceTokenizer tokenizer = TokenizerFolder.Tokenizer(json);
        tokenizer.Encode(text).Select(id => tokenizer.Decode([id])).Should().Equal(words.Split('|'));
    }

    [Test]
    public void Encode_AddedTokens_TakesTheLeftmostAndLongest()
    {
        HuggingFaceTokenizer tokenizer = Small(("<|a|>", true), ("<|a|>b", false), ("|>", false));
        tokenizer.Encode("x<|a|>bc|>").Should().Equal('x', 1001, 'c', 1002);
        tokenizer.Encode("<|a|").Should().Equal('<', '|', 'a', '|');
        tokenizer.TryGetId("<|a|>b", out int id).Should().BeTrue();
        id.Should().Be(1001);
        tokenizer.TokenBound.Should().Be(1003);
        tokenizer.AddedTokens[0].Should().Be(new AddedToken(1000, "<|a|>", true));
    }

    [Test]
    public void Encode_DecomposedText_IsComposedBetweenAddedTokens()
    {
        HuggingFaceTokenizer tokenizer = Small(("qe", false));
        tokenizer.Encode("a\u030A").Should().Equal(0xC3, 0xA5);                              // U+00E5
        tokenizer.Encode("qe\u0301").Should().Equal(1000, 0xCC, 0x81);                        // the added token comes first, so nothing is left to compose
        tokenizer.Encode("\uFFFEa\u030A\uFFFE").Should().Equal(0xEF, 0xBF, 0xBE, 0xC3, 0xA5, 0xEF, 0xBF, 0xBE);
        JsonObject without = TokenizerFolder.Json();
        without["normalizer"] = null;
        TokenizerFolder.Tokenizer(without).Encode("a\u030A").Should().Equal('a', 0xCC, 0x8A);
    }

    [Test]
    public void Encode_LoneSurrogates_BecomeReplacementCharacters() =>
        Small().Encode("a\uD800b\uDC00\uD83D\uDE00").Should().Equal(Small().Encode("a\uFFFDb\uFFFD\U0001F600"));

    [Test]
    public void Encode_LongWord_EqualsMergingOnePairAtATime()
    {
        // 12 letters and merges among all of their pairs, so that merges compete; the oracle scans the whole list after every merge.
        var random = new Random(7);
        var tokens = Enumerable.Range('a', 4).Select(c => ((char)c).ToString()).ToList();
        var merges = new List<(string, string)>();
        while (merges.Count < 150)
        {
            (string left, string right) = (tokens[random.Next(tokens.Count)], tokens[random.Next(tokens.Count)]);
            if (left.Length + right.Length > 8 || merges.Contains((left, right)) || tokens.Contains(left + right)) continue;
            merges.Add((left, right));
            tokens.Add(left + right);
        }
        HuggingFaceTokenizer tokenizer = TokenizerFolder.Tokenizer(TokenizerFolder.Json(merges));
        foreach (int length in new[] { 2, 7, 40, 95, 96, 97, 400, 1500 })
        {
            string word = new([.. Enumerable.Range(0, length).Select(_ => (char)('a' + random.Next(4)))]);
            List<string> parts = [.. word.Select(c => c.ToString())];
            while (true)
            {
                var candidates = Enumerable.Range(0, parts.Count - 1).Select(i => (Rank: merges.IndexOf((parts[i], parts[i + 1])), At: i))
                    .Where(c => c.Rank >= 0).Order().ToList();
                if (candidates.Count == 0) break;
                int at = candidates[0].At;
                parts[at] += parts[at + 1];
                parts.RemoveAt(at + 1);
            }
            tokenizer.Encode(word).Select(id => tokenizer.Decode([id])).Should().Equal(parts);
        }
    }

    [Test]
    public void DecodeOfEncode_AnyText_IsItsComposedForm()
    {
        HuggingFaceTokenizer tokenizer = Small(("<|im_end|>", true), ("<think>", false));
        var random = new Random(11);
        string[] pieces = ["hello", " ", "\n", "\r\n", "'s", "12", "e\u0301", "\u1112\u1161\u11AB", "\u0327\u0301", "\u212B", "<|im_end|>", "<think>", "<|im",
            "👩‍👧", "𠮷", "\u0000", "\uFFFF", "日本"];
        for (int i = 0; i < 3000; i++)
        {
            var text = new StringBuilder();
            for (int k = random.Next(1, 12); k > 0; k--)
            {
                int scalar = random.Next(0x110000 - 0x800);
                text.Append(random.Next(4) > 0 ? pieces[random.Next(pieces.Length)] : new Rune(scalar >= 0xD800 ? scalar + 0x800 : scalar).ToString()
                    .Replace('\uFFFE', '?'));
            }
            // A mark right behind an added token has nothing to compose with, whatever the token's last letter is; none of these ends in a letter.
            string written = text.ToString(), expected = written.Normalize(NormalizationForm.FormC);
            int[] ids = [.. tokenizer.Encode(written)];
            var ends = new int[ids.Length];
            tokenizer.Decode(ids, ends, skipSpecialTokens: false).Should().Be(expected);
            ends.Should().BeInAscendingOrder();
            ends[^1].Should().Be(expected.Length);
        }
    }

    [Test]
    public void Decode_CutCharacter_IsOneReplacementAndTextEndsWaitForTheWholeCharacter()
    {
        HuggingFaceTokenizer tokenizer = Small();
        var ends = new int[5];
        tokenizer.Decode([0xF0, 0x9F, 0x98, 0x80, 'a'], ends).Should().Be("\U0001F600a");
        ends.Should().Equal(0, 0, 0, 2, 3);
        tokenizer.Decode(['a', 0xF0, 0x9F, 'b', 0xE2], ends).Should().Be("a\uFFFDb\uFFFD");
        ends.Should().Equal(1, 1, 1, 3, 3);
        tokenizer.Decode([0x80, 0xC0, 0x80, 0xFF, 0x41], ends).Should().Be("\uFFFD\uFFFD\uFFFD\uFFFDA");
        ends.Should().Equal(1, 2, 3, 4, 5);
    }

    [Test]
    public void Decode_IdsWithoutTokenAndSpecialTokens_LeaveNothing()
    {
        HuggingFaceTokenizer tokenizer = Small(("<|im_end|>", true), ("<think>", false));
        tokenizer.Decode(['a', 5000, -1, 500, 1000, 1001]).Should().Be("a<think>");
        tokenizer.Decode(['a', 1000], default, skipSpecialTokens: false).Should().Be("a<|im_end|>");
        tokenizer.Decode([0xC3, 5000, 1000, 0xA5]).Should().Be("å", "what leaves no text does not tear a character apart");
        tokenizer.HasToken(500).Should().BeFalse();
        tokenizer.IsSpecial(1000).Should().BeTrue();
        tokenizer.IsSpecial(1001).Should().BeFalse();
    }

    [Test]
    public void Decode_TextEndsOfAnotherLength_IsRefused() =>
        FluentActions.Invoking(() => Small().Decode([1, 2], new int[3])).Should().Throw<ArgumentException>().WithMessage("*3 places for 2 tokens*");

    [Test]
    public void Encode_ByteWithoutToken_IsLeftOutAndCounted()
    {
        JsonObject json = TokenizerFolder.Json(Merges);
        foreach (int value in new[] { 0x04, 0xC3, 0xFF }) json["model"]!["vocab"]!.AsObject().Remove(TokenizerFolder.Spell((byte)value));
        HuggingFaceTokenizer tokenizer = TokenizerFolder.Tokenizer(json);
        tokenizer.BytesWithoutToken.Should().Equal(0x04, 0xC3, 0xFF);
        tokenizer.Encode("hello\u0004").Should().Equal(260);
        tokenizer.DroppedBytes.Should().Be(1);
        tokenizer.Encode("é\u0004" + new string('é', 200)).Should().HaveCount(201).And.OnlyContain(id => id == 0xA9);
        tokenizer.DroppedBytes.Should().Be(203);
        Small().BytesWithoutToken.Should().BeEmpty();
    }

    [Test]
    public void Encode_ByteWithoutTokenWhereOneIsForTheUnknown_TakesThat()
    {
        JsonObject json = TokenizerFolder.Json(Merges);
        json["model"]!["vocab"]!.AsObject().Remove("Ã");
        json["model"]!["vocab"]!["<unk>"] = 500;
        json["model"]!["unk_token"] = "<unk>";
        HuggingFaceTokenizer tokenizer = TokenizerFolder.Tokenizer(json);
        tokenizer.Encode("é hello").Should().Equal(500, 0xA9, ' ', 260);
        tokenizer.DroppedBytes.Should().Be(0);
    }

    [Test]
    public void Encode_FromSeveralThreads_GivesTheSame()
    {
        HuggingFaceTokenizer tokenizer = Small();
        string text = string.Join(' ', Enumerable.Range(0, 20_000).Select(i => $"hello{i % 977}abab"));
        IReadOnlyList<int> expected = Small().Encode(text);
        Parallel.For(0, 8, _ => tokenizer.Encode(text).Should().Equal(expected));
    }

    [TestCase("a", TestName = "{m}(one word)")]
    [TestCase("ab", TestName = "{m}(one word that merges)")]
    [TestCase(" ", TestName = "{m}(spaces)")]
    [TestCase("\n ", TestName = "{m}(line breaks)")]
    [TestCase("<", TestName = "{m}(starts of added tokens)")]
    [TestCase("\u0301\u0327", TestName = "{m}(combining marks in the wrong order)")]
    [TestCase("\uFFFEe\u0301", TestName = "{m}(noncharacters)")]
    [TestCase("\uD800", TestName = "{m}(lone surrogates)")]
    public void Encode_AMillionHostileCharacters_TakesSeconds(string unit)
    {
        HuggingFaceTokenizer tokenizer = Small(("<|im_end|>", true), ("<|im_start|>", true));
        string text = string.Concat(Enumerable.Repeat(unit, (1 << 20) / unit.Length));
        TimeSpan before = Process.GetCurrentProcess().TotalProcessorTime;
        tokenizer.Encode(text).Should().NotBeEmpty();
        (Process.GetCurrentProcess().TotalProcessorTime - before).Should().BeLessThan(TimeSpan.FromSeconds(20), "a quadratic step would take minutes");
    }

    [Test]
    public void Encode_ManyDifferentWords_DoesNotGrowTheCacheWithThem()
    {
        HuggingFaceTokenizer tokenizer = Small();
        for (int i = 0; i < 4; i++)
            tokenizer.Encode(string.Join(' ', Enumerable.Range(i * 50_000, 50_000)
                .Select(n => $"hello{(char)('a' + n % 26)}{(char)(0x4E00 + n % 20_000)}{(char)('a' + n / 26 % 26)}")));
        long before = GC.GetTotalMemory(forceFullCollection: true);
        for (int i = 4; i < 8; i++)
            tokenizer.Encode(string.Join(' ', Enumerable.Range(i * 50_000, 50_000)
                .Select(n => $"hello{(char)('a' + n % 26)}{(char)(0x4E00 + n % 20_000)}{(char)('a' + n / 26 % 26)}")));
        (GC.GetTotalMemory(forceFullCollection: true) - before).Should().BeLessThan(4 << 20);
        GC.KeepAlive(tokenizer);
    }
}
