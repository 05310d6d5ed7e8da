using Mel.Rollouts;
using Mel.Runtime;
using Mel.Transformers;
using Mel.Transformers.Adapters;
using Mel.Transformers.Chat;
using Mel.Transformers.Models;
using Mel.Transformers.Tokenization;
using static TorchSharp.torch;

namespace Mel.Samples.TrainMath;

/// <summary>The model that trains, and the one it is compared with where divergence has a cost.</summary>
internal sealed class LoadedModel : IDisposable
{
    private readonly RunSettings _settings;
    private readonly TransformerPolicy? _frozen;

    private LoadedModel(RunSettings settings, TransformerPolicy policy, TransformerPolicy? frozen)
        => (_settings, Policy, _frozen) = (settings, policy, frozen);

    public TransformerPolicy Policy { get; }

    /// <summary>The model at the start; null where divergence costs nothing.</summary>
    public IPolicy? Reference => _settings.Kl == 0 ? null : _frozen ?? Policy.Reference;

    /// <exception cref="WrongOptionException">The model has no place for a system message.</exception>
    public static LoadedModel Load(RunSettings settings)
    {
        HuggingFaceTokenizer tokenizer = HuggingFaceTokenizer.Load(settings.Model);
        // A base model has no chat template and gets the question as it is.
        IPromptTemplate template = PromptTemplates.FromFolder(settings.Model);
        if (settings.System is not null && template is not ChatTemplate)
            throw new WrongOptionException($"--system is given, but '{settings.Model}' has no chat template; put the text into --instruction.");
        TransformerPolicy policy = Open(settings, tokenizer, template);
        foreach (string notice in policy.Model.Notices) Console.WriteLine(notice);
        policy.Model.RecomputesActivations = settings.Recompute;
        if (settings.Lora > 0) policy.Model.AddLora(new LoraOptions { Rank = settings.Lora, Alpha = 2 * settings.Lora }, settings.Seed);
        return new LoadedModel(settings, policy, settings.Kl > 0 && settings.Lora == 0 ? Open(settings, tokenizer, template) : null);
    }

    /// <summary>Writes the trained model, adapters beside it, and loads it once more to make sure.</summary>
    /// <returns>Where it is, and how much of the training its element type kept.</returns>
    public (string Folder, SaveReport Report) Save(string folder)
    {
        string saved = Path.Combine(folder, "model");
        if (_settings.Lora > 0)
        {
            Policy.Model.SaveLora(Path.Combine(folder, "adapter"), _settings.Model);
            Policy.Model.MergeLora();
        }

        SaveReport report = Policy.Save(saved, _settings.SaveType switch { "float32" => ScalarType.Float32, "bfloat16" => ScalarType.BFloat16, _ => null });
        using TransformerPolicy again = TransformerPolicy.Load(saved);
        return (saved, report);
    }

    public void Dispose()
    {
        _frozen?.Dispose();
        Policy.Dispose();
    }

    private static TransformerPolicy Open(RunSettings settings, HuggingFaceTokenizer tokenizer, IPromptTemplate template)
    {
        ScalarType type = settings.Weights == "bfloat16" ? ScalarType.BFloat16 : ScalarType.Float32;
        return TransformerPolicy.Load(settings.Model, tokenizer, template, new TransformerPolicyOptions { DataType = type, Device = device(settings.Device) });
    }
}
