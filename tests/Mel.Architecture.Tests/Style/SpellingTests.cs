using System.Text.RegularExpressions;

namespace Mel.Architecture.Tests.Style;

/// <summary>One spelling, the American one, in names, comments and messages: whoever searches for a word finds all of it.</summary>
[TestFixture]
internal sealed partial class SpellingTests
{
    [TestCase("src")]
    [TestCase("samples")]
    [TestCase("benchmarks")]
    [TestCase("tests")]
    [TestCase("docs")]
    public void Words_AreSpelledInOneWay(string folder)
        => (from file in Repository.CSharpFiles(folder).Concat(Repository.Pages(folder))
            where Path.GetFileName(file) != $"{nameof(SpellingTests)}.cs"
            from line in File.ReadLines(file).Select((text, index) => (Number: index + 1, Text: text))
            from word in British().Matches(line.Text)
            select $"{Repository.Relative(file)}:{line.Number}: {word.Value}")
                .ShouldBeNone("The spelling is American: -ize, behavior, color, neighbor, center.");

    [TestCase("recognised", true)]
    [TestCase("Normalisation", true)]
    [TestCase("TokeniserOptions", true)]
    [TestCase("behaviour", true)]
    [TestCase("centred", true)]
    [TestCase("DoesNotDependOnItsNeighbours", true)]
    [TestCase("otherwise", false)]
    [TestCase("precise", false)]
    [TestCase("exercise", false)]
    [TestCase("promised", false)]
    [TestCase("analysis", false)]
    [TestCase("comparison", false)]
    [TestCase("centimetre", false)]
    [TestCase("normalized", false)]
    public void British_Word_IsSeen(string word, bool seen) => British().IsMatch(word).Should().Be(seen);

    /// <summary>
    /// Stems with an s where American has a z, and words that differ in other ways. Units of measurement are input of the verifier, not spelling.
    /// </summary>
    [GeneratedRegex(
        """
        (?:
            (?: recogni | normali | initiali | optimi | seriali | tokeni | summari | generali | organi | minimi | maximi | reali | utili | speciali | standardi
              | memori | internali | penali | locali | vectori | quanti | randomi | factori | canonicali | emphasi | capitali | categori | finali | formali
              | visuali | customi | prioriti | synchroni | characteri | equali | stabili | symboli | synthesi | lineari | regulari | discreti | materiali
              | parametri ) s (?: e | ed | es | er | ers | ing | able | ation | ations ) (?-i:(?![a-z]))
          | behaviour | colour | neighbour | favour | honour | flavour | centred? (?-i:(?![a-z])) | analys(?: e | ed | er | ing ) (?-i:(?![a-z]))
          | catalogue | artefact | licence | (?: model | label | cancel | signal | travel )l(?: ed | ing ) (?-i:(?![a-z]))
        )\w*
        """,
        RegexOptions.IgnorePatternWhitespace | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex British();
}
