using System.Globalization;
using System.Numerics;
using System.Text.Json;
using System.Text.Unicode;
using Parquet;
using Parquet.Schema;

namespace Mel.Data.Files;

/// <summary>A column whose values have one type of .NET, and how JSON writes them.</summary>
internal sealed class ParquetValues<T>(DataField field, Action<Utf8JsonWriter, T> write) : ParquetColumn(field)
    where T : struct
{
    private T[] _values = [];

    protected override void WriteValue(Utf8JsonWriter json) => write(json, _values[Value]);

    protected override void Read(ParquetRowGroupReader group, int count)
    {
        if (_values.Length < count) _values = new T[count];
        ValueTask reading = group.ReadRawAsync<T>(
            Field, _values.AsMemory(0, count), Field.MaxDefinitionLevel > 0 ? Definitions.AsMemory(0, count) : (Memory<int>?)null,
            Field.MaxRepetitionLevel > 0 ? Repetitions.AsMemory(0, count) : (Memory<int>?)null);
        // The pages lie in memory, so that nothing is ever waited for.
        reading.AsTask().GetAwaiter().GetResult();
    }
}

/// <summary>Makes the column of a field: numbers and truth values become those of JSON, text stays text, and all else becomes text.</summary>
internal static class ParquetValues
{
    /// <summary>The column, or null where values of its type are not read.</summary>
    public static ParquetColumn? Of(DataField field) => field.ClrType switch
    {
        var type when type == typeof(ReadOnlyMemory<char>) => new ParquetValues<ReadOnlyMemory<char>>(field, (json, v) => json.WriteStringValue(v.Span)),
        var type when type == typeof(ReadOnlyMemory<byte>) => new ParquetValues<ReadOnlyMemory<byte>>(field, WriteBytes),
        var type when type == typeof(bool) => new ParquetValues<bool>(field, (json, v) => json.WriteBooleanValue(v)),
        var type when type == typeof(sbyte) => new ParquetValues<sbyte>(field, (json, v) => json.WriteNumberValue(v)),
        var type when type == typeof(byte) => new ParquetValues<byte>(field, (json, v) => json.WriteNumberValue(v)),
        var type when type == typeof(short) => new ParquetValues<short>(field, (json, v) => json.WriteNumberValue(v)),
        var type when type == typeof(ushort) => new ParquetValues<ushort>(field, (json, v) => json.WriteNumberValue(v)),
        var type when type == typeof(int) => new ParquetValues<int>(field, (json, v) => json.WriteNumberValue(v)),
        var type when type == typeof(uint) => new ParquetValues<uint>(field, (json, v) => json.WriteNumberValue(v)),
        var type when type == typeof(long) => new ParquetValues<long>(field, (json, v) => json.WriteNumberValue(v)),
        var type when type == typeof(ulong) => new ParquetValues<ulong>(field, (json, v) => json.WriteNumberValue(v)),
        var type when type == typeof(float) => new ParquetValues<float>(field, (json, v) => WriteNumber(json, v, float.IsFinite(v))),
        var type when type == typeof(double) => new ParquetValues<double>(field, (json, v) => WriteNumber(json, v, double.IsFinite(v))),
        var type when type == typeof(decimal) => Text(field, Digits((field as DecimalDataField)?.Scale ?? 0)),
        var type when type == typeof(BigInteger) => Text<BigInteger>(field, v => v.ToString(CultureInfo.InvariantCulture)),
        var type when type == typeof(DateTime) => Text<DateTime>(field, Iso),
        var type when type == typeof(DateOnly) => Text<DateOnly>(field, v => v.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)),
        var type when type == typeof(TimeOnly) => Text<TimeOnly>(field, v => v.ToString("HH:mm:ss.FFFFFFF", CultureInfo.InvariantCulture)),
        var type when type == typeof(TimeSpan) => Text<TimeSpan>(field, v => v.ToString("c", CultureInfo.InvariantCulture)),
        var type when type == typeof(Guid) => Text<Guid>(field, v => v.ToString("D")),
        _ => null,
    };

    private static ParquetValues<T> Text<T>(DataField field, Func<T, string> format)
        where T : struct
        => new(field, (json, v) => json.WriteStringValue(format(v)));

    /// <summary>A decimal with all digits that its column keeps.</summary>
    private static Func<decimal, string> Digits(int scale) => v => v.ToString($"F{scale}", CultureInfo.InvariantCulture);

    private static void WriteNumber(Utf8JsonWriter json, double value, bool isFinite)
    {
        if (isFinite) json.WriteNumberValue(value);
        else json.WriteNullValue();
    }

    private static void WriteNumber(Utf8JsonWriter json, float value, bool isFinite)
    {
        if (isFinite) json.WriteNumberValue(value);
        else json.WriteNullValue();
    }

    // Old writers do not say that bytes are text.
    private static void WriteBytes(Utf8JsonWriter json, ReadOnlyMemory<byte> value)
    {
        if (Utf8.IsValid(value.Span)) json.WriteStringValue(value.Span);
        else json.WriteBase64StringValue(value.Span);
    }

    /// <summary>A time as ISO 8601 writes it, with a fraction only where there is one.</summary>
    private static string Iso(DateTime value)
    {
        string fraction = value.Ticks % TimeSpan.TicksPerSecond == 0 ? "" : value.Ticks % 10 == 0 ? ".ffffff" : ".fffffff";
        return value.ToString($"yyyy-MM-dd'T'HH:mm:ss{fraction}", CultureInfo.InvariantCulture);
    }
}
