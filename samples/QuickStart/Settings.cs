using System.Globalization;

namespace Mel.Samples.QuickStart;

/// <summary>What the command line says.</summary>
internal sealed record Settings(int Steps, ulong Seed, string OutputFolder)
{
    private const string Usage = "usage: QuickStart [--steps <1..1000>] [--seed <n>] [--out <folder>]";

    public static bool TryParse(string[] args, out Settings settings, out string? problem)
    {
        settings = new Settings(40, 1, Path.Combine("runs", "quickstart"));
        problem = null;
        for (int i = 0; i < args.Length; i += 2)
        {
            string value = i + 1 < args.Length ? args[i + 1] : string.Empty;
            switch (args[i])
            {
                case "--steps" when int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int steps) && steps is >= 1 and <= 1000:
                    settings = settings with { Steps = steps };
                    break;
                case "--seed" when ulong.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out ulong seed):
                    settings = settings with { Seed = seed };
                    break;
                case "--out" when value.Length > 0:
                    settings = settings with { OutputFolder = value };
                    break;
                default:
                    problem = $"'{string.Join(' ', args.Skip(i).Take(2))}' is not understood. {Usage}";
                    return false;
            }
        }

        return true;
    }
}
