using Mel.Algorithms;
using Mel.Prompts;
using Mel.Rollouts;
using Mel.Services;
using Mel.Training;
using Mel.Verification;

namespace Mel.Samples.Tests.Docs;

/// <summary>The code of docs/records.md, compiled and run.</summary>
internal static class RecordsPage
{
    public static async Task RunAsync(IPolicy policy, IVerifier verifier, Algorithm algorithm, IPromptSource prompts, TrainerOptions options, string folder)
    {
        // <records>
        using RunRecords records = new(new RunRecordsOptions { Folder = folder, EverySteps = 10 });
        var trainer = new Trainer(policy, verifier, algorithm, options, new TrainerParts { Services = [records] });
        // </records>
        await trainer.RunAsync(prompts);
    }
}
