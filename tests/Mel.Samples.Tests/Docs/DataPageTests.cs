using Mel.Data;
using Mel.Testing;

namespace Mel.Samples.Tests.Docs;

[TestFixture]
public sealed class DataPageTests
{
    [Test]
    public async Task DataPage_Code_Runs()
    {
        using TemporaryFolder folder = new();
        string train = folder.Write("train.jsonl", """
            {"problem": "What is 7 - 3?", "answer": 4}
            {"problem": "What is 7 + 3?", "answer": 10}
            """);
        string test = folder.Write("test.jsonl", """{"problem": "what is 7-3", "answer": 4}""");

        DataPrompts prompts = await DataPage.FolderAsync(folder.Path), apart = await DataPage.ReportAsync(train, test);

        prompts.Count.Should().Be(2);
        (await apart.ReadAllAsync()).Should().ContainSingle().Which.Answer.Should().Be("10");
        DataPage.Layouts().Named.AnswerAfter.Should().Be("####");
    }
}
