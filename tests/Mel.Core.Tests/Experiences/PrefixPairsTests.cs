using System.Diagnostics;
using Mel.Experiences;
using Mel.Prompts;
using Mel.Rewards;
using Mel.Testing;

namespace Mel.Core.Tests.Experiences;

/// <summary>Pairs that share a long beginning, and the steps in which pairs are chosen at all.</summary>
[TestFixture]
public sealed class PrefixPairsTests
{
    private static readonly ToyExperienceLanguage Language = new();

    [Test]
    public async Task Pairs_LongestSharedPrefix_PartLate_NewPlacesFirst()
    {
        // Right: 0 abcd, 1 abef. Wrong: 2 abcx (parts at 3 by x), 3 abey (at 3 by y), 4 abcxx (at 3 by x, known), 5 z (at 0), 6 ab (at 2, the end of the text).
        string[] texts = ["abcd", "abef", "abcx", "abey", "abcxx", "z", "ab"];
        foreach (ulong seed in (ulong[])[1, 2, 3, 4])
        {
            IReadOnlyList<ContrastivePair> all = await PairsAsync(texts, [0, 1], 100, seed);
            Dictionary<int, int> partner = all.ToDictionary(p => p.IncorrectIndex, p => p.CorrectIndex);
            (partner[2], partner[3], partner[4]).Should().Be((0, 1, 0));
            partner.Keys.Should().BeEquivalentTo([2, 3, 4, 5, 6], "each wrong attempt has one pair");
            all[^1].IncorrectIndex.Should().BeOneOf([2, 4], "of two that part in one place by one token the second is the last");
            (await PairsAsync(texts, [0, 1], 4, seed)).Select(p => p.IncorrectIndex == 4 ? 2 : p.IncorrectIndex).Should().OnlyHaveUniqueItems();
        }
    }

    [Test]
    public async Task Pairs_LongestSharedPrefix_AreTheBestOfAComparisonOfAll()
    {
        Random random = new(3);
        for (int trial = 0; trial < 50; trial++)
        {
            string[] texts = [.. Enumerable.Range(0, 8).Select(_ => new string([.. Enumerable.Range(0, random.Next(7)).Select(_ => "ab"[random.Next(2)])]))];
            int[] correct = [0, 2, 5];
            foreach (ContrastivePair pair in await PairsAsync(texts, correct, 100, (ulong)trial))
                Shared(pair.Correct.Text, pair.Incorrect.Text).Should().Be(correct.Max(c => Shared(texts[c], pair.Incorrect.Text)));
        }

        static int Shared(string a, string b)
        {
            // The token that ends a text stands in it too.
            (a, b) = (a + '\0', b + '\0');
            int n = 0;
            while (n < a.Length && n < b.Length && a[n] == b[n]) n++;
            return n;
        }
    }

    [Test]
    public async Task Pairs_LongestSharedPrefix_OfLongAttempts_TakeTimeByTheirLength()
    {
        string text = new('a', 20_000);
        string[] texts = [.. Enumerable.Range(0, 64).Select(i => text + (char)('A' + i))];
        Stopwatch clock = Stopwatch.StartNew();
        (await PairsAsync(texts, [.. Enumerable.Range(0, 32)], 1, 1)).Should().ContainSingle();
        clock.Elapsed.Should().BeLessThan(TimeSpan.FromSeconds(10));
    }

    [TestCase(1, null, new[] { 1, 2, 3, 4, 5, 6, 7 })]
    [TestCase(3, null, new[] { 1, 4, 7 })]
    [TestCase(2, 4, new[] { 1, 3 })]
    [TestCase(1, 2, new[] { 1, 2 })]
    public async Task Extract_BySchedule_AsksInItsStepsOnly(int every, int? until, int[] expected)
    {
        ScriptedSampler sampler = new((_, _) => "abc");
        ContrastiveExperienceExtractor extractor = new(sampler, Language, new() { EverySteps = every, UntilStep = until });
        List<int> asked = [];
        for (int step = 1; step <= 7; step++)
        {
            ExtractionResult result = await extractor.ExtractAsync(new ExtractionRequest([Group(["a", "b"], 0)], 1, step));
            if (result.Pairs > 0) asked.Add(step);
        }

        asked.Should().Equal(expected);
        sampler.Calls.Should().HaveCount(expected.Length);
        (await extractor.ExtractAsync(new ExtractionRequest([Group(["a", "b"], 0)], 1))).Pairs.Should().Be(1, "outside a run there is no schedule");
    }

    private static RolloutGroup Group(string[] texts, params int[] correct) => Trajectories.Group(new Prompt("q", "q", "1"), texts, correct);

    private static async Task<IReadOnlyList<ContrastivePair>> PairsAsync(string[] texts, int[] correct, int pairs, ulong seed)
    {
        ExperienceOptions options = new() { PairSelection = PairSelection.LongestSharedPrefix, PairsPerPrompt = pairs };
        ContrastiveExperienceExtractor extractor = new(new ScriptedSampler((_, _) => "abc"), Language, options);
        return [.. (await extractor.ExtractAsync([Group(texts, correct)], seed)).Retained.Select(e => e.Pair)];
    }
}
