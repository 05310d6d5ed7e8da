using Mel.Transformers.Adapters;
using Microsoft.Extensions.Options;
using static TorchSharp.torch;

namespace Mel.Transformers.Models;

/// <content>Low-rank adapters.</content>
public sealed partial class DecoderModel
{
    private const string DownName = ".lora_A.weight", UpName = ".lora_B.weight";

    private OrderedDictionary<string, Tensor>? _adapters;
    private LoraPlan? _lora;

    /// <summary>
    /// A copy of the settings of the adapters, or null where the model has none. Adapters that were loaded may have ranks and layers of their own, which it
    /// does not tell.
    /// </summary>
    public LoraOptions? Lora => _lora?.Options.Checked();

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
        RequireTargets(options);
        Add(LoraPlan.Of(options), seed);
    }

    private void Add(LoraPlan plan, ulong seed)
    {
        (Projection Projection, AdapterShape Shape)[] targets = [.. Targets(plan)];
        MachineMemory.Require(targets.Sum(t => (decimal)t.Shape.Rank * ((long)t.Projection.Inputs + t.Projection.Outputs)), DataType, Device,
            problem => new OptionsValidationException(
                nameof(LoraOptions), typeof(LoraOptions), [$"{nameof(LoraOptions.Rank)}: adapters of rank {targets.Max(t => t.Shape.Rank)} take {problem}"]));
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        using var generator = new Generator(seed);
        _adapters = new OrderedDictionary<string, Tensor>(StringComparer.Ordinal);
        _lora = plan;
        foreach (Tensor weight in _weights.Parameters.Values)
        {
            weight.grad?.Dispose();
            weight.grad = null;
            weight.requires_grad_(false);
        }

        foreach ((Projection projection, AdapterShape shape) in targets)
        {
            // Kaiming-uniform as PEFT: bound 1 / sqrt(inputs).
            double bound = 1 / Math.Sqrt(projection.Inputs);
            Tensor down = ((rand(shape.Rank, projection.Inputs, generator: generator) * 2 - 1) * bound).to(DataType, Device).DetachFromDisposeScope();
            Tensor up = zeros(projection.Outputs, shape.Rank, dtype: DataType, device: Device).DetachFromDisposeScope();
            projection.Adapter = new LoraAdapter(down.requires_grad_(true), up.requires_grad_(true), shape.Scale);
            _adapters.Add(projection.Name + DownName, down);
            _adapters.Add(projection.Name + UpName, up);
        }
    }

    /// <summary>Adds the adapters to the weights for good and removes them; the weights train again.</summary>
    /// <exception cref="InvalidOperationException">The model has no adapters.</exception>
    public void MergeLora()
    {
        foreach ((Projection projection, _) in Targets(RequireLora())) projection.Adapter!.MergeInto(projection.Weight);
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
        LoraPlan plan = PeftConfig.Read(folder, [.. _layers.SelectMany(layer => layer.Projections).Select(projection => projection.Name)]);
        LoraFolder.RequireShapes(folder, [.. Targets(plan).SelectMany(target => AdapterShapes(target.Projection, target.Shape.Rank))]);
        Add(plan, 0);
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

    private LoraPlan RequireLora()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return _lora ?? throw new InvalidOperationException("The model has no adapters; add or load some first.");
    }

    private IEnumerable<(Projection Projection, AdapterShape Shape)> Targets(LoraPlan plan)
        => from projection in _layers.SelectMany(layer => layer.Projections)
           let shape = plan.Find(projection.Name)
           where shape is not null
           select (projection, shape.Value);

    // Of the default, which names all there are, a model has some.
    private void RequireTargets(LoraOptions options)
    {
        string[] kinds = [.. _layers[0].Projections.Select(p => p.Name[(p.Name.LastIndexOf('.') + 1)..])];
        if (options.Targets.SequenceEqual(LoraOptions.Projections)) return;
        if (options.Targets.FirstOrDefault(target => !kinds.Contains(target)) is not { } missing) return;
        throw new OptionsValidationException(nameof(LoraOptions), typeof(LoraOptions),
            [$"{nameof(LoraOptions.Targets)}: holds '{missing}', which a {Config.Family} model does not have; expected some of {string.Join(", ", kinds)}"]);
    }

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
