using Mel.Data.Layouts;
using Mel.Prompts;
using Mel.Runtime;
using Microsoft.Extensions.Options;

namespace Mel.Data;

/// <summary>How a data set is read, checked and shuffled.</summary>
public sealed class DataOptions
{
    /// <summary>Where rows keep question and answer.</summary>
    /// <value>The default is null: recognized by the columns of the first row.</value>
    public DataLayout? Layout { get; set; }

    /// <summary>Seed of the order of every epoch; null keeps the order of the files.</summary>
    /// <value>The default is null.</value>
    public ulong? ShuffleSeed { get; set; }

    /// <summary>
    /// Bytes of rows that are in memory at a time. A data set of no more is shuffled as a whole; a larger one in windows of blocks from all over its files.
    /// </summary>
    /// <value>The default is 8 MiB.</value>
    public int WindowBytes { get; set; } = 8 << 20;

    /// <summary>Largest number of rows to read; null reads all.</summary>
    /// <value>The default is null.</value>
    public int? Limit { get; set; }

    /// <summary>Evaluation sets by name, whose questions are looked for in the rows.</summary>
    /// <value>The default is empty.</value>
    public IReadOnlyDictionary<string, IReadOnlyList<Prompt>> EvaluationSets { get; set; } = new Dictionary<string, IReadOnlyList<Prompt>>();

    /// <summary>Words of a sequence that counts for an overlap.</summary>
    /// <value>The default is 13.</value>
    public int OverlapWords { get; set; } = 13;

    /// <summary>Share of the word sequences of an evaluation question from which on a row overlaps it, in (0, 1].</summary>
    /// <value>The default is 0.5.</value>
    public double OverlapShare { get; set; } = 0.5;

    /// <summary>Whether rows that overlap an evaluation question are left out.</summary>
    /// <value>The default is true.</value>
    public bool LeaveOutOverlaps { get; set; } = true;

    /// <summary>Whether rows that have the same question and different answers are left out, all of them.</summary>
    /// <value>The default is true.</value>
    public bool LeaveOutConflicts { get; set; } = true;

    /// <summary>Whether a question with the same answer is kept once only.</summary>
    /// <value>The default is false.</value>
    public bool LeaveOutRepeats { get; set; }

    /// <summary>Most findings that the report lists; all are counted.</summary>
    /// <value>The default is 1000.</value>
    public int ListedFindings { get; set; } = 1000;
}

internal sealed class DataOptionsValidator : IValidateOptions<DataOptions>
{
    public ValidateOptionsResult Validate(string? name, DataOptions options)
    {
        OptionRules rules = new();
        rules.AtLeast(options.WindowBytes, 1, nameof(options.WindowBytes));
        rules.AtLeast(options.Limit ?? 1, 1, nameof(options.Limit));
        rules.AtLeast(options.OverlapWords, 1, nameof(options.OverlapWords));
        rules.Above(options.OverlapShare, 0.0, nameof(options.OverlapShare));
        rules.Within(options.OverlapShare, 0, 1, nameof(options.OverlapShare));
        rules.AtLeast(options.ListedFindings, 0, nameof(options.ListedFindings));
        return rules.Result;
    }
}
