using Mel.Transformers.Adapters;
using Microsoft.Extensions.Options;
using static TorchSharp.torch;

namespace Mel.Transformers.Models;

/// <content>Low-rank adapters.</content>
public sealed partial class DecoderModel
{
    private const string DownName = ".lora_A.weight", UpName = ".lora_B.weight";

    private OrderedDictionary<string, Tensor>? _adapters;
    private LoraOptions? _lora;

    /// <summary>A copy of the settings of the adapters, or null where the model has none.</summary>
    public LoraOptions? Lora => _lora?.Checked();

    /// <summary>Whether adapters take part in the forward pass; switched off, the model is the one they were added to, the natural reference policy.</summary>
    /// <value>The default is true.</value>
    public bool AdaptersEnabled { get; set; } = true;

    /// <summary>
    /// Adds fresh adapters, which change nothing yet, and freezes every weight: from now on <see cref="Parameters"/> holds the adapters only.
    /// </summary>
    /// <param name="options">Rank, factor and projections.</param>
    /// <param name="seed">Seed of the random half; the other half is zero.</param>
    /// <exception cref="InvalidOperationException">The model has adapters already.</exception>
    /// <exception cref="OptionsValidationException">
    /// An option is outside its range or names an unknown projection, or adapters of this rank do not fit into the memory of this machine.
    /// </exception>
    public void AddLora(LoraOptions options, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(options);
        ObjectDisposedException.ThrowIf(_disposed, this);
        options = options.Checked();
        RequireNoLora();
        MachineMemory.Require((decimal)options.Rank * Targets(options).Sum(p => (long)p.Inputs + p.Outputs), DataType, Device,
            problem => new OptionsValidationException(
                nameof(LoraOptions), typeof(LoraOptions), [$"{nameof(LoraOptions.Rank)}: adapters of rank {options.Rank} take {problem}"]));
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        using var generator = new Generator(seed);
        _adapters = new OrderedDictionary<string, Tensor>(StringComparer.Ordinal);
        _lora = options;
        foreach (Tensor weight in _weights.Parameters.Values)
        {
            weight.grad?.Dispose();
            weight.grad = null;
            weight.requires_grad_(false);
        }

        foreach (Projection projection in Targets(options))
        {
            // Kaiming-uniform as PEFT: bound 1 / sqrt(inputs).
            double bound = 1 / Math.Sqrt(projection.Inputs);
            Tensor down = ((rand(options.Rank, projection.Inputs, generator: generator) * 2 - 1) * bound).to(DataType, Device).DetachFromDisposeScope();
            Tensor up = zeros(projection.Outputs, options.Rank, dtype: DataType, device: Device).DetachFromDisposeScope();
            projection.Adapter = new LoraAdapter(down.requires_grad_(true), up.requires_grad_(true), options.Scale);
            _adapters.Add(projection.Name + DownName, down);
            _adapters.Add(projection.Name + UpName, up);
        }
    }

    /// <summary>Adds the adapters to the weights for good and removes them; the weights train again.</summary>
    /// <exception cref="InvalidOperationException">The model has no adapters.</exception>
    public void MergeLora()
    {
        foreach (Projection projection in Targets(RequireLora())) projection.Adapter!.MergeInto(projection.Weight);
        RemoveLora();
    }

    /// <summary>Removes the adapters; the weights are as they were before and train again.</summary>
    /// <exception cref="InvalidOperationException">The model has no adapters.</exception>
    public void RemoveLora()
    {
        RequireLora();
        DropAdapters();
        foreach (Tensor weight in _weights.Parameters.Values) weight.requires_grad_(true);
    }

    /// <summary>Writes the adapters in the layout of PEFT: <c>adapter_model.safetensors</c> and <c>adapter_config.json</c>.</summary>
    /// <param name="folder">The folder to write; made where it does not exist.</param>
    /// <param name="baseModel">What the adapters belong to, as a name or path for other programs; may be null.</param>
    /// <exception cref="InvalidOperationException">The model has no adapters.</exception>
    public void SaveLora(string folder, string? baseModel = null) => LoraFolder.Write(folder, RequireLora(), _adapters!, baseModel);

    /// <summary>Adds adapters read from a folder in the layout of PEFT and freezes every weight.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="Checkpoints.CheckpointException">A file or tensor is missing, damaged or not supported; the model is unchanged.</exception>
    /// <exception cref="Runtime.ShapeMismatchException">A tensor does not fit the model; the model is unchanged.</exception>
    /// <exception cref="InvalidOperationException">The model has adapters already.</exception>
    public void LoadLora(string folder)
    {
        RequireNoLora();
        LoraOptions options = LoraFolder.ReadOptions(folder);
        LoraFolder.RequireShapes(folder, [.. Targets(options).SelectMany(projection => AdapterShapes(projection, options.Rank))]);
        AddLora(options, 0);
        try
        {
            LoraFolder.ReadInto(folder, _adapters!);
        }
        catch
        {
            RemoveLora();
            throw;
        }
    }

    private static IEnumerable<(string Name, long[] Shape)> AdapterShapes(Projection projection, int rank)
        => [(projection.Name + DownName, [rank, projection.Inputs]), (projection.Name + UpName, [projection.Outputs, rank])];

    private void RequireNoLora()
    {
        if (_adapters is not null) throw new InvalidOperationException("The model has adapters already; merge or remove them first.");
    }

    private LoraOptions RequireLora()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return _lora ?? throw new InvalidOperationException("The model has no adapters; add or load some first.");
    }

    private IEnumerable<Projection> Targets(LoraOptions options)
        => _layers.SelectMany(layer => layer.Projections).Where(p => options.Targets.Any(t => p.Name.EndsWith("." + t, StringComparison.Ordinal)));

    private void DropAdapters()
    {
        foreach (Projection projection in _layers.SelectMany(layer => layer.Projections))
        {
            projection.Adapter?.Dispose();
            projection.Adapter = null;
        }

        (_adapters, _lora) = (null, null);
    }
}
