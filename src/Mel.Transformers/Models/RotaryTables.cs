using static TorchSharp.torch;

namespace Mel.Transformers.Models;

/// <summary>The angles of every kind of rotation that a model has, for as many positions as were in use so far.</summary>
internal sealed class RotaryTables : IDisposable
{
    private readonly ModelConfig _config;
    private readonly Tensor?[] _tables = new Tensor?[Enum.GetValues<Rotation>().Length];
    private int _positions;

    public RotaryTables(ModelConfig config)
    {
        _config = config;
        Grow(Math.Min(config.ContextTokens, 256));
    }

    /// <summary>[positions, width], or null where no layer rotates so.</summary>
    public Tensor? Find(Rotation rotation) => _tables[(int)rotation];

    /// <summary>The same tables, which reach at least so far.</summary>
    public RotaryTables For(int positions)
    {
        if (_positions < positions) Grow(Math.Min(_config.ContextTokens, Math.Max(positions, 2 * _positions)));
        return this;
    }

    public void Dispose()
    {
        foreach (Tensor? table in _tables) table?.Dispose();
    }

    private void Grow(int positions)
    {
        DecoderTraits traits = _config.Traits;
        _positions = positions;
        foreach (Rotation rotation in Enumerable.Range(0, _config.Layers).Select(layer => traits.Layer(layer).Rotation).Distinct())
        {
            float[] rows = RotaryTable.Rows(_config, positions, rotation);
            _tables[(int)rotation]?.Dispose();
            _tables[(int)rotation] = tensor(rows, [positions, rows.Length / positions]).DetachFromDisposeScope();
        }
    }
}
