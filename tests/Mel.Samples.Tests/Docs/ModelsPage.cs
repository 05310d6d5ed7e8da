using Mel.Rollouts;
using Mel.Transformers;
using Mel.Transformers.Adapters;
using Mel.Transformers.Chat;
using Mel.Transformers.Estimation;
using Mel.Transformers.Sampling;
using Microsoft.Extensions.AI;
using static TorchSharp.torch;

namespace Mel.Samples.Tests.Docs;

/// <summary>The code of docs/models.md, compiled and run; <see cref="ModelsPageTests"/> checks that the page holds these very lines.</summary>
internal static class ModelsPage
{
    public static async Task<(IReadOnlyList<Trajectory> Answers, string Response, ResourceEstimate Estimate)> RunAsync(string folder, string adapterFolder, string trainedFolder)
    {
        // <sample>
        using var policy = TransformerPolicy.Load(folder, options: new TransformerPolicyOptions
        {
            DataType = ScalarType.BFloat16,     // weights in memory; null is float32
            CacheBytes = 2L << 30,              // keys and values; sequences beyond it wait
        });

        var question = new SamplingRequest(policy.Encode("What is 17 + 25?"), count: 8, seed: 1);
        var sampling = new SamplingOptions { Temperature = 0.6, TopP = 0.95, MaxTokens = 64 };
        IReadOnlyList<Trajectory> answers = (await policy.SampleAsync([question], sampling))[0];

        await foreach (StreamedToken token in policy.StreamAsync(question.PromptTokenIds, sampling, seed: 1)) Console.Write(token.Text);

        using IChatClient client = new PolicyChatClient(policy);        // for any application that talks to Microsoft.Extensions.AI
        ChatResponse response = await client.GetResponseAsync("What is 17 + 25?", new ChatOptions { MaxOutputTokens = 64 });
        // </sample>

        // <template>
        ChatTemplate template = ChatTemplate.Parse("{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}<|im_start|>assistant\n{{ opening }}");
        string text = template.Render([new ChatMessage(ChatRole.User, "What is 17 + 25?")], new RenderOptions
        {
            Variables = new Dictionary<string, object?> { ["opening"] = "<think>\n" },
        });
        // </template>
        _ = text;

        // <estimate>
        policy.Model.RecomputesActivations = true;      // keeps one matrix per layer instead of ten, for a third more time
        ResourceEstimate estimate = policy.Estimate(new ResourceEstimateOptions { PromptTokens = 16, SequenceTokens = 48, MicroBatchSequences = 4, SampledSequences = 8 });
        Console.WriteLine($"update {estimate.TrainingBytes / 1e9:F1} GB, sampling {estimate.SamplingBytes / 1e9:F1} GB, at least {estimate.TrainingTime(80e9).TotalSeconds:F0} s per update at 80 GFLOP/s");
        // </estimate>

        // <adapters>
        policy.Model.AddLora(new LoraOptions { Rank = 16, Targets = ["q_proj", "v_proj"] }, seed: 1);   // from now on only the adapters train
        IPolicy reference = policy.Reference;                           // the same weights without the adapters: no second copy of the model
        policy.Model.SaveLora(adapterFolder);                           // adapter_model.safetensors and adapter_config.json, as PEFT reads them
        policy.Model.MergeLora();                                       // adds them to the weights for good
        policy.Save(trainedFolder);
        // </adapters>
        _ = reference;
        return (answers, response.Text, estimate);
    }
}
