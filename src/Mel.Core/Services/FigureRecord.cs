using System.Text.Json;
using System.Text.Json.Serialization;
using Mel.Training;

namespace Mel.Services;

/// <summary>The best value of a figure so far, and how long ago it was. It is part of the checkpoint of a run.</summary>
/// <param name="figure">Name of the figure.</param>
/// <param name="direction">Which values are better.</param>
/// <param name="minimumChange">By how much a value must be better to count, at least 0.</param>
internal sealed class FigureRecord(string figure, FigureDirection direction, double minimumChange)
{
    private FigureState _state = Empty(figure, direction);
    private FigureState _before = Empty(figure, direction);

    /// <summary>The best value; NaN where there is none.</summary>
    public double Best => _state.Best ?? double.NaN;

    /// <summary>The step of the best value; 0 where there is none.</summary>
    public int BestStep => _state.BestStep;

    /// <summary>Values after the best one.</summary>
    public int Since => _state.Since;

    /// <summary>The newest value; NaN where there is none.</summary>
    public double Last => _state.Last ?? double.NaN;

    /// <summary>Takes note of a value.</summary>
    /// <param name="report">The step; one without the figure, or with one that is not a number, changes nothing.</param>
    /// <returns>Whether it is the best so far.</returns>
    public bool Observe(StepReport report)
    {
        if (!report.Metrics.TryGetValue(figure, out double value) || !double.IsFinite(value)) return false;
        bool isBetter = _state.Best is not { } best || (direction == FigureDirection.Higher ? value > best + minimumChange : value < best - minimumChange);
        _before = _state;
        _state = isBetter
            ? _state with { Best = value, BestStep = report.Step, Since = 0, Last = value }
            : _state with { Since = _state.Since + 1, Last = value };
        return isBetter;
    }

    /// <summary>Forgets the newest value, as if it had not been seen.</summary>
    public void Undo() => _state = _before;

    /// <inheritdoc cref="Runtime.IRunState.SaveState"/>
    public ReadOnlyMemory<byte> Save() => JsonSerializer.SerializeToUtf8Bytes(_state, FigureStateJson.Default.FigureState);

    /// <summary>Restores what was saved. What was saved of another figure is passed over: the record of this one begins anew.</summary>
    /// <param name="state">What <see cref="Save"/> returned.</param>
    /// <exception cref="FormatException">It is not the state of a record.</exception>
    public void Load(ReadOnlyMemory<byte> state)
    {
        FigureState? saved;
        try
        {
            saved = JsonSerializer.Deserialize(state.Span, FigureStateJson.Default.FigureState);
        }
        catch (JsonException e)
        {
            throw new FormatException($"it is not the record of a figure: {e.Message}", e);
        }

        if (saved is not { BestStep: >= 0, Since: >= 0, Figure: not null }) throw new FormatException("it is not the record of a figure.");
        if (saved.Figure == figure && saved.Direction == direction) _state = _before = saved;
    }

    private static FigureState Empty(string figure, FigureDirection direction) => new(figure, direction, null, 0, 0, null);
}

internal sealed record FigureState(string Figure, FigureDirection Direction, double? Best, int BestStep, int Since, double? Last);

[JsonSerializable(typeof(FigureState))]
internal sealed partial class FigureStateJson : JsonSerializerContext;
