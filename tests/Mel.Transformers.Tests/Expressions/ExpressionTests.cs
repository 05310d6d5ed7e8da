using System.Diagnostics;
using Mel.Transformers.Expressions;
using Mel.Transformers.Tokenization;

namespace Mel.Transformers.Tests.Expressions;

/// <summary>Matches worked out by hand from Oniguruma's rules; those of <see cref="PublishedExpressions"/> also from the tables of the published tokenizers.</summary>
[TestFixture]
public sealed class ExpressionTests
{
    private static List<string> Matches(string pattern, string text) => Matches(Expression.Parse(pattern), text);

    private static List<string> Matches(Expression expression, string text)
    {
        var found = new List<string>();
        ExpressionMatcher matches = expression.Matches(text);
        for (int at = 0; matches.TryFind(at, out int start, out int end); at = end) found.Add(text[start..end]);
        return found;
    }

    [TestCase(@"a+", "aab a", "aa|a")]
    [TestCase(@"a+?", "aa", "a|a")]
    [TestCase(@"ab?", "aba", "ab|a")]
    [TestCase(@"ab??", "aba", "a|a")]
    [TestCase(@"a{2}", "aaaaa", "aa|aa")]
    [TestCase(@"a{2,}", "aaaaab", "aaaaa")]
    [TestCase(@"a{,2}b", "aaab", "aab")]
    [TestCase(@"a{1,3}+", "aaaa", "aaaa", Description = "a plus behind a number of times repeats once more, and is not possessive")]
    [TestCase(@"a?+a", "aa", "aa")]
    [TestCase(@"a?+a", "a", "")]
    [TestCase(@"a*+b", "aab", "aab")]
    [TestCase(@"a++a", "aaa", "")]
    [TestCase(@"(?:ab)+c", "ababc abac", "ababc")]
    [TestCase(@"(?:ab|a)c?", "abac", "ab|ac")]
    [TestCase(@"(ab|cd){1,2}", "abcdab", "abcd|ab")]
    [TestCase(@"foo|foobar", "foobar", "foo", Description = "the first branch that matches, not the longest")]
    [TestCase(@"\s+(?!\S)|\s+", "  a ", " | | ")]
    [TestCase(@"(?<=a)b|(?<!a)c", "abcac", "b|c")]
    [TestCase(@"^a|b$", "a\nab\nb", "a|a|b|b")]
    [TestCase(@"\Aa|b\z", "a\nab\nb", "a|b")]
    [TestCase(@".+", "ab\ncd", "ab|cd")]
    [TestCase(@"[^\s\p{L}]+", "a1! b", "1!")]
    [TestCase(@"[a-c&&[^b]]+", "aabcc", "aa|cc")]
    [TestCase(@"[^(\s|[.,])]+", "ab(c|d).e", "ab|c|d|e")]
    [TestCase(@"[\]\-a]+", "a]-b", "a]-")]
    [TestCase(@"[a-]+", "a-b", "a-")]
    [TestCase(@"(?i:'s|k)", "'S 's 'ſ K k K", "'S|'s|'ſ|K|k|K")]
    [TestCase(@"(?i:[s])+x", "SſsX", "")]
    [TestCase(@"(?i)ab|c", "ABC", "AB|C")]
    [TestCase(@"a(?i:b)c", "aBc aBC", "aBc")]
    [TestCase(@"\p{Lu}\p{Ll}*", "AbcDE", "Abc|D|E")]
    [TestCase(@"\P{L}+|\p{^N}", "12a", "12|a")]
    [TestCase(@"\p{Han}+", "a漢字、𠮷b", "漢字|𠮷")]
    [TestCase(@"\w+", "a_1²é½", "a_1²é½")]
    [TestCase(@"[\w]+", "a²b", "a|b", Description = "in brackets the superscripts of Latin-1 are no word characters")]
    [TestCase(@"\x41\x{1F600}\u00e9\t", "A😀é\t", "A😀é\t")]
    [TestCase(@"\d+", "1٣५", "1٣५")]
    public void Matches_OfAPattern_AreThoseWorkedByHand(string pattern, string text, string expected)
        => string.Join('|', Matches(pattern, text)).Should().Be(expected);

    [TestCase(@"", "*0 characters*")]
    [TestCase(@"a*", "*may match nothing*")]
    [TestCase(@"(?:a*)+", "*may be empty*")]
    [TestCase(@"(a", "*'(' at 0 without ')'*")]
    [TestCase(@"a)", "*')' at 1 without '('*")]
    [TestCase(@"[a", "*'[' at 0 without ']'*")]
    [TestCase(@"[]a]", "*begins with ']'*")]
    [TestCase(@"[b-a]", "*range at 1*")]
    [TestCase(@"[a-\d]", "*range at 1*")]
    [TestCase(@"[[:alpha:]]", "*by name*")]
    [TestCase(@"+a", "*'+' at 0 with nothing to repeat*")]
    [TestCase(@"a{2", "*'{' at 1*")]
    [TestCase(@"a{3,2}", "*'{3,2}'*")]
    [TestCase(@"a{2}?", "*'{2}?'*")]
    [TestCase(@"a{1000}", "*1000 times*")]
    [TestCase(@"(?:ab)++", "*possessive*")]
    [TestCase(@"(?>ab)", "*'(?>a' at 0*")]
    [TestCase(@"(?<n>a)", "*'(?<n' at 0*")]
    [TestCase(@"a(?i)b", "*'(?i)' at 1*")]
    [TestCase(@"(a)\1", @"*'\1' at 3*")]
    [TestCase(@"\b", @"*'\b' at 0*")]
    [TestCase(@"\h", @"*'\h' at 0*")]
    [TestCase(@"\xE9", @"*'\xE9' at 0*")]
    [TestCase(@"\x{110000}", "*names no character*")]
    [TestCase(@"\p{Alphabetic}", "*'Alphabetic'*")]
    [TestCase(@"\pL", "*without a name in braces*")]
    [TestCase(@"(?=ab)c", "*more than one character*")]
    [TestCase(@"(?i:st)", "*'st'*another single character*")]
    [TestCase(@"(?i:é)", "*U+00E9*")]
    [TestCase(@"(?i:\p{Lu})", @"*\p{Lu}*upper and lower case*")]
    [TestCase(@"(?:(?:(?:a{256}b){256}c){256}d)", "*512 steps*")]
    [TestCase("\\", "*a backslash at the end*")]
    public void Parse_WhatIsNotBuilt_IsNamed(string pattern, string message)
        => FluentActions.Invoking(() => Expression.Parse(pattern)).Should().Throw<ExpressionException>().WithMessage(message);

    [Test]
    public void Parse_ManyLevels_IsRefusedBeforeTheStackEnds()
    {
        FluentActions.Invoking(() => Expression.Parse(string.Concat(Enumerable.Repeat("(", 4000)) + "a")).Should().Throw<ExpressionException>();
        FluentActions.Invoking(() => Expression.Parse(string.Concat(Enumerable.Repeat("[", 4000)) + "a")).Should().Throw<ExpressionException>();
    }

    [TestCase(@"(?:a|a)+b", TestName = "{m}(two ways for every character)")]
    [TestCase(@"(?:a+)+b", TestName = "{m}(a run of runs)")]
    [TestCase(@"(?:a?a?a?a?a)+c", TestName = "{m}(many optional parts)")]
    [TestCase(@"a+b", TestName = "{m}(a run from every place)")]
    [TestCase(@"a+a+a+a+b|a", TestName = "{m}(runs side by side)")]
    [TestCase(@"(?:\p{L}+\p{L}*)+\d|.", TestName = "{m}(a branch that always fails)")]
    public void Matches_OfAHostilePattern_TakeTimeInProportion(string pattern)
    {
        TimeSpan before = Process.GetCurrentProcess().TotalProcessorTime;
        Matches(pattern, new string('a', 20_000)).Should().NotContain(match => match.EndsWith('b'));
        (Process.GetCurrentProcess().TotalProcessorTime - before).Should().BeLessThan(TimeSpan.FromSeconds(10), "exponential or quadratic work takes hours");
    }

    [Test]
    public void Matches_BeyondTheBudget_AreStillThoseOfTheExpression()
    {
        // The run without b costs the budget of the text; what follows is matched with a memory of what led nowhere.
        string text = new string('a', 3000) + " ab aab cab";
        Matches(@"(?:a|a)+b|(?:a+)+c|c?a*b", text).Should().Equal("ab", "aab", "cab");
        Matches(@"(?:a|aa)+?b|a{5}(?=a)", text)[^3..].Should().Equal("ab", "aab", "ab");
    }

    [TestCase(1)]
    [TestCase(3)]
    public void Matches_OfTheWordExpression_AreTheWordsOfTheSplitter(int digits)
    {
        Expression expression = Expression.Parse(WordSplitter.PatternFor(digits));
        var splitter = new WordSplitter(digits);
        var random = new Random(23);
        string[] pieces = ["a", "B", "é", "字", "𝐱", "1", "٣", "Ⅷ", " ", "  ", "\u00A0", "\n", "\r\n", "\t", "'s", "'LL", "'ſ", "'", "!", "👍", "\u0301", "\u2028"];
        for (int i = 0; i < 3000; i++)
        {
            string text = string.Concat(Enumerable.Range(0, random.Next(1, 20)).Select(_ => pieces[random.Next(pieces.Length)]));
            var words = new List<string>();
            for (int start = 0; start < text.Length;)
            {
                int end = splitter.EndOfWord(text, start);
                words.Add(text[start..end]);
                start = end;
            }
            Matches(expression, text).Should().Equal(words, "{0}", text);
        }
    }

    [TestCaseSource(typeof(PublishedExpressions), nameof(PublishedExpressions.Cases))]
    public void Matches_OfAPublishedExpression_AreItsWords(string pattern, string words)
        => Matches(pattern, words.Replace("|", "", StringComparison.Ordinal)).Should().Equal(words.Split('|'));
}
