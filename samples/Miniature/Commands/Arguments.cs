using System.Globalization;

namespace Mel.Samples.Miniature;

/// <summary>The options of a command: pairs of <c>--name value</c>.</summary>
internal sealed class Arguments
{
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    /// <exception cref="ArgumentException">An option is unknown, occurs twice or has no value.</exception>
    public Arguments(ReadOnlySpan<string> args, params ReadOnlySpan<string> known)
    {
        for (int i = 0; i < args.Length; i += 2)
        {
            if (!known.Contains(args[i])) throw new ArgumentException($"'{args[i]}' is not an option of this command; it takes {string.Join(", ", known!)}.");
            if (i + 1 == args.Length) throw new ArgumentException($"'{args[i]}' needs a value.");
            if (!_values.TryAdd(args[i], args[i + 1])) throw new ArgumentException($"'{args[i]}' is given twice.");
        }
    }

    public string Text(string name, string otherwise) => _values.GetValueOrDefault(name, otherwise);

    public int Count(string name, int otherwise)
        => !_values.TryGetValue(name, out string? text) ? otherwise
            : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value > 0 ? value
            : throw new ArgumentException($"{name} must be a whole number of at least 1, got '{text}'.");

    public ulong Seed(string name, ulong otherwise)
        => !_values.TryGetValue(name, out string? text) ? otherwise
            : ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong value) ? value
            : throw new ArgumentException($"{name} must be a whole number of at least 0, got '{text}'.");
}
