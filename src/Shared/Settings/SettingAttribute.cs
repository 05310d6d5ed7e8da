namespace Mel.Runtime;

/// <summary>Makes a property a setting of a program: an option of its command line, a key of its files and environment. Its value is the default.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class SettingAttribute(string description) : Attribute
{
    /// <summary>What the help says of it.</summary>
    public string Description => description;

    /// <summary>Whether the program needs a value that it has no default for.</summary>
    public bool IsRequired { get; init; }

    /// <summary>Whether it is a path to something that is there; such a path is kept in full.</summary>
    public bool IsPath { get; init; }

    /// <summary>Whether it says where a run lies and not what it is: it is not written beside the run.</summary>
    public bool IsPlace { get; init; }

    /// <summary>The least number; NaN for none.</summary>
    public double AtLeast { get; init; } = double.NaN;

    /// <summary>The largest number; NaN for none.</summary>
    public double AtMost { get; init; } = double.NaN;

    /// <summary>The words that are allowed; empty for any.</summary>
    public string[] OneOf { get; init; } = [];
}
