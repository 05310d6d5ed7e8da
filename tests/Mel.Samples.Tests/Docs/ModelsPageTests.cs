using Mel.Rollouts;
using Mel.Testing;
using Mel.Transformers.Estimation;

namespace Mel.Samples.Tests.Docs;

/// <summary>docs/models.md says what the code does.</summary>
[TestFixture, NonParallelizable]
public sealed class ModelsPageTests
{
    private static string[] Models => [.. ReferenceData.Folders("golden/models")];

    [TestCase("sample")]
    [TestCase("template")]
    [TestCase("estimate")]
    [TestCase("adapters")]
    public void ModelsPage_Code_IsTheCodeThatThisTestCompiles(string section)
        => Documents.Read("docs", "models.md").Should().Contain(Documents.Section("ModelsPage.cs", section));

    [TestCaseSource(nameof(Models)), Category(ReferenceData.Category), NoTensorLeaks]
    public async Task ModelsPage_Code_Runs(string model)
    {
        using TemporaryFolder folder = new();

        (IReadOnlyList<Trajectory> answers, _, ResourceEstimate estimate) = await ModelsPage.RunAsync(model, folder.File("adapter"), folder.File("trained"));

        answers.Should().HaveCount(8);
        estimate.TrainingBytes.Should().BePositive();
        File.Exists(folder.File("adapter", "adapter_model.safetensors")).Should().BeTrue();
        File.Exists(folder.File("trained", "model.safetensors")).Should().BeTrue();
    }
}
