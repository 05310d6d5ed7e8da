using System.Globalization;

namespace Mel.Samples.Study;

/// <summary>Chooses runs by the words of the command line.</summary>
internal static class JobSelection
{
    /// <summary>The runs that are wanted, in the order of the plan.</summary>
    /// <param name="jobs">All runs.</param>
    /// <param name="only">Names of arms, worlds and parts: an arm must be one of the arms named, and a place one of the places. Empty for all.</param>
    /// <param name="seeds">Numbers and ranges; empty for all.</param>
    /// <param name="steps">Steps of each run; 0 leaves them.</param>
    /// <exception cref="ArgumentException">A word names nothing, or nothing is left.</exception>
    public static StudyJob[] Of(IEnumerable<StudyJob> jobs, string only, string seeds, int steps)
    {
        StudyJob[] all = [.. jobs];
        string[] words = Words(only);
        string[] arms = [.. words.Where(w => all.Any(j => j.Arm.Name == w))], places = [.. words.Where(w => all.Any(j => j.World.Name == w || j.Part == w))];
        if (words.Except(arms).Except(places).FirstOrDefault() is { } unknown)
            throw new ArgumentException(
                $"--only has '{unknown}', which is no arm, world or part. There are {string.Join(", ", Known(all, j => j.Arm.Name))}; "
                + $"{string.Join(", ", Known(all, j => j.World.Name).Union(Known(all, j => j.Part)))}.");
        HashSet<ulong> numbers = [.. Words(seeds).SelectMany(Range)];
        StudyJob[] chosen =
        [
            .. from job in all
               where arms.Length == 0 || arms.Contains(job.Arm.Name)
               where places.Length == 0 || places.Contains(job.Part) || (places.Contains(job.World.Name) && !Plan.IsAside(job.Part))
               where numbers.Count == 0 || numbers.Contains(job.Seed) || job.Steps == 0
               select steps == 0 || job.Steps == 0 ? job : job with { Steps = steps },
        ];
        if (chosen.Length == 0)
            throw new ArgumentException($"No run of the study is of that choice; its seeds are {string.Join(", ", Known(all, j => $"{j.Seed}"))}.");
        return chosen;
    }

    private static string[] Words(string text) => text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static IEnumerable<string> Known(StudyJob[] jobs, Func<StudyJob, string> name) => jobs.Select(name).Distinct();

    private static IEnumerable<ulong> Range(string text)
    {
        string[] ends = text.Split('-');
        if (ends.Length > 2 || !ends.All(e => ulong.TryParse(e, NumberStyles.None, CultureInfo.InvariantCulture, out _)))
            throw new ArgumentException($"--seeds has '{text}'; a number or a range like 101-103 is expected.");
        ulong first = ulong.Parse(ends[0], CultureInfo.InvariantCulture), last = ulong.Parse(ends[^1], CultureInfo.InvariantCulture);
        if (last < first || last - first > 10_000) throw new ArgumentException($"--seeds has '{text}', which is no range of at most 10000 seeds.");
        for (ulong seed = first; seed <= last; seed++) yield return seed;
    }
}
