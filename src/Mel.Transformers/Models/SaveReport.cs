using Mel.Checkpoints;
using TorchSharp;
using static TorchSharp.torch;

namespace Mel.Transformers.Models;

/// <summary>
/// What a saved model holds of the change since it was read. A narrow element type rounds small changes away, and a short training may be nothing else: the
/// saved model is then the one that was read.
/// </summary>
public sealed record SaveReport
{
    /// <summary>How many numbers were written.</summary>
    public required long Weights { get; init; }

    /// <summary>
    /// How many of them had changed since they were read. Null where nothing was rounded, or where the model was not read from a folder, or the folder's
    /// weights are no longer there: then nothing was counted.
    /// </summary>
    public long? Changed { get; init; }

    /// <summary>How many of those differ in the saved file from what was read; null as <see cref="Changed"/>.</summary>
    public long? Kept { get; init; }

    /// <summary>The share of changed weights that kept a change, from 0 to 1; null where nothing was counted or nothing had changed.</summary>
    public double? KeptShare => Changed is > 0 and var changed ? (double)Kept!.Value / changed : null;

    internal static SaveReport Of(DecoderModel model, ModelSource? source, Func<string, ScalarType> typeOf)
    {
        var report = new SaveReport { Weights = model.Weights.Values.Sum(weight => weight.NumberOfElements) };
        bool rounds = model.Weights.Any(weight => typeOf(weight.Key).ElementSize() < weight.Value.dtype.ElementSize());
        if (source is null || !rounds) return report;
        try
        {
            (long changed, long kept) = Count(model, source, typeOf);
            return report with { Changed = changed, Kept = kept };
        }
        catch (CheckpointException)
        {
            return report;
        }
    }

    private static (long Changed, long Kept) Count(DecoderModel model, ModelSource source, Func<string, ScalarType> typeOf)
    {
        using var noGrad = no_grad();
        long changed = 0, kept = 0;
        foreach (IGrouping<string, KeyValuePair<string, StoredTensor>> group in source.Weights.Tensors.GroupBy(tensor => tensor.Value.Path))
        {
            using SafetensorsFile file = SafetensorsFile.Open(group.Key);
            foreach (var (name, stored) in group)
            {
                using var scope = NewDisposeScope();
                Tensor read = file.Read(stored.Name), now = model.Weights[name].detach().cpu();
                Tensor differs = now.ne(read.to_type(now.dtype));
                changed += differs.count_nonzero().item<long>();
                ScalarType type = typeOf(name);
                kept += (differs & now.to_type(type).ne(read.to_type(type))).count_nonzero().item<long>();
            }
        }

        return (changed, kept);
    }
}
